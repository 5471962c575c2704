"""The short way to a record's dues leads where the long way leads. A rule that never bites makes a plan take the long way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.errors import PlanError
from cadence.model.people import Directory, Employee, Record
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.model.plan import Plan

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NEVER_BITES = "rules: {not_on: [1999-12-31]}\n"
TEXT = """
sequence: demo
calendar: {hours: {mon-fri: ["09:00-12:00", "13:00-17:00"]}, holidays: [US]}
assign: {owner: true}
params: {until: date}
steps:
  - {id: a, activity: call, due: 1 business day after start, note: "Hi {{ record.first_name }}"}
  - {id: b, activity: call, due: 3 days after a at 14:00}
  - {id: c, activity: call, due: friday after completion of b at 11:00}
  - {id: d, activity: call, due: 5 hours after c}
  - {id: e, activity: call, due: 2 weeks before record.end at 10:00}
  - {id: f, activity: call, due: 1 week after start at 10:00, repeat: {every: 1 week, times: 3}}
  - {id: g, activity: call, due: 1 day after f at 09:00}
  - {id: h, activity: call, due: 5 days before param.until at 15:30}
"""
ADA = Employee("00000000-0000-0000-0000-00000000000a", "Ada Byron", "ada@example.com", "Europe/London")
TEAM = Directory(team=(ADA,))


def both_ways(records: list[Record], text: str = TEXT, **options: Any) -> tuple[Plan, Plan]:
    short, long = parse_sequence(text), parse_sequence(text + NEVER_BITES)
    options = {"now": NOW, "directory": TEAM, **options}
    return make_plan(short, records, **options), make_plan(long, records, **options)


def record(number: int, **fields: Any) -> Record:
    zone = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")[number % 3]
    end = (NOW + timedelta(days=60 + 5 * number)).date()
    known = {"timezone": zone, "end": end.isoformat(), "first_name": "Eve", "owner": "ada@example.com"}
    return Record(f"r-{number}", {**known, **fields})


def seen(plan: Plan) -> list[Any]:
    """Return what can be read without writing anything out."""
    return [(a.step, a.action, a.due_at, a.reason) for a in plan.activities]


@pytest.mark.parametrize("hours", range(0, 24 * 9, 11))
def test_both_ways_give_the_same_plan(hours: int) -> None:
    start = NOW + timedelta(hours=hours)
    short, long = both_ways([record(n) for n in range(9)], start=start, params={"until": date(2027, 9, 1)})
    assert seen(short) == seen(long)
    assert [a.to_dict() for a in short.activities] == [a.to_dict() for a in long.activities]
    assert seen(short) == seen(long)
    assert short.findings == long.findings


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"end": "2026-11-25"}, {}),
        ({"end": None}, {}),
        ({"end": ["2027-09-01"]}, {}),
        ({"owner": None}, {}),
        ({"first_name": None}, {}),
        ({}, {"start": NOW - timedelta(days=30)}),
    ],
)
def test_both_ways_refuse_the_same_records_in_the_same_words(fields: dict[str, Any], options: dict[str, Any]) -> None:
    options = {"params": {"until": date(2027, 9, 1)}, "directory": TEAM, "now": NOW, **options}
    said = []
    for text in (TEXT, TEXT + NEVER_BITES):
        sequence = parse_sequence(text)
        make_plan(sequence, [record(0)], now=NOW, directory=TEAM, params=options["params"])
        with pytest.raises(PlanError) as caught:
            make_plan(sequence, [record(0, **fields)], **options)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_later_now_is_not_overlooked() -> None:
    text = "sequence: demo\nsteps: [{id: a, activity: call, due: 2 days after start, if_past: skip}]"
    sequence = parse_sequence(text)
    records = [record(0)]
    first = make_plan(sequence, records, now=NOW, start=NOW)
    later = make_plan(sequence, records, now=NOW + timedelta(days=3), start=NOW)
    assert [str(a.action) for plan in (first, later) for a in plan.activities] == ["create", "skip"]


def test_reading_a_plan_uses_up_no_turn_and_changes_no_byte() -> None:
    short, _ = both_ways([record(0), record(1)], params={"until": date(2027, 9, 1)})
    before = dict(short.cursors)
    assert short.to_json() == short.to_json()
    assert short.cursors == before

"""Plans written, read back, refused, and summed up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cadence.errors import PlanError, StalePlanError
from cadence.model.people import Directory, Record, TargetIdentity
from cadence.planning.codec import plan_from_json
from cadence.planning.load import DayLoad, forecast
from cadence.planning.plan import make_plan
from cadence.planning.stale import check_fresh, why_stale
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.model.plan import Plan

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TARGET = TargetIdentity("kizen", "https://crm.example", "b-1")
TEXT = """
sequence: demo
title: A demonstration
timezone: [record.timezone, UTC]
assign: {round_robin: everybody}
calendar: {hours: {mon-fri: 09:00-17:00}}
params: {csm: {type: employee, default: ada@example.com}}
steps:
  - {id: one, activity: call, due: 1 business day after start at 10:00-12:00, note: "Hi {{ record.first_name }}"}
  - {id: two, activity: call, due: 1 day after completion of one, assign: {param: csm}}
  - {id: three, activity: task, due: friday before record.end, if: record.big}
"""
SEQUENCE = parse_sequence(
    "sequence: demo\nassign: {owner: true}\nsteps: [{id: one, activity: call, due: 1 day after start, "
    'note: "Hi {{ record.first_name }}"}]'
)
AGAIN = "make it again with 'cadence plan ... --out plan.json'"


@pytest.fixture
def plan(team: Directory) -> Plan:
    records = [
        Record(
            "r-1", {"first_name": "Ada", "end": "2027-03-31", "big": True, "timezone": "Asia/Kolkata"}, name="Ada B."
        ),
        Record("r-2", {"first_name": "Bob", "end": date(2027, 3, 31), "big": False, "email": "bob@x.example"}),
    ]
    return make_plan(parse_sequence(TEXT), records, now=NOW, directory=replace(team, target=TARGET))


def test_a_plan_read_back_is_the_plan(plan: Plan) -> None:
    again = plan_from_json(plan.to_json())
    assert again.digest == plan.digest
    assert again.to_json() == plan.to_json()
    assert again.enrollments[0] == plan.enrollments[0]
    assert again.enrollments[1].record == replace(
        plan.enrollments[1].record, fields={**plan.enrollments[1].record.fields, "end": "2027-03-31"}
    )
    assert again.target == TARGET
    assert again.expires_at == NOW + timedelta(hours=24)


def test_the_same_inputs_give_the_same_bytes(plan: Plan, team: Directory) -> None:
    records = [each.record for each in plan.enrollments]
    again = make_plan(parse_sequence(TEXT), records, now=NOW, directory=replace(team, target=TARGET))
    assert again.to_json() == plan.to_json()


def refusal(text: str, kind: type[PlanError] = PlanError) -> str:
    with pytest.raises(kind) as caught:
        plan_from_json(text)
    return str(caught.value)


def test_a_plan_changed_by_hand_is_refused(plan: Plan) -> None:
    message = f"the plan was changed after it was made: its digest does not fit; {AGAIN}"
    assert refusal(plan.to_json().replace("Hi Ada", "Hi Eve"), StalePlanError) == message
    content: dict[str, Any] = json.loads(plan.to_json())
    content["enrollments"].pop()
    assert refusal(json.dumps(content), StalePlanError) == message


def test_layout_is_no_change(plan: Plan) -> None:
    assert plan_from_json(json.dumps(json.loads(plan.to_json()))).digest == plan.digest


def test_a_plan_of_another_version_is_refused(plan: Plan) -> None:
    text = plan.to_json().replace('"version": 1,', '"version": 7,')
    assert refusal(text, StalePlanError) == f"the plan has version '7', this program reads version 1; {AGAIN}"


def test_a_plan_cut_off_is_refused(plan: Plan) -> None:
    lines = plan.to_json().splitlines()
    text = "\n".join(lines[:30])
    assert refusal(text) == f"the plan is cut off in line 30; {AGAIN}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"the plan is empty; {AGAIN}"),
        ("sequence: demo", f"the plan is not JSON: expecting value in line 1; {AGAIN}"),
        ("[1, 2]", f"the JSON is no plan: it has no version and no enrollments; {AGAIN}"),
        ('{"a":' * 500_000 + "1" + "}" * 500_000, f"the plan is nested too deeply to be one; {AGAIN}"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_fresh_plan_has_no_reason_against_it(plan: Plan) -> None:
    digests = {"demo": plan.enrollments[0].sequence_digest}
    records = {each.record.id: each.record for each in plan_from_json(plan.to_json()).enrollments}
    assert why_stale(plan, now=NOW, target=TARGET, versions=plan.versions, digests=digests, records=records) == ()


def test_every_reason_against_a_plan_is_named(plan: Plan) -> None:
    first = plan.enrollments[0].record
    changed = replace(first, fields={**first.fields, "end": "2027-04-30", "plan": "Pro"})
    with pytest.raises(StalePlanError) as caught:
        check_fresh(
            plan,
            now=NOW + timedelta(hours=25),
            target=replace(TARGET, business_id="b-2"),
            versions={"tzdata": "1999z"},
            digests={"demo": "other"},
            records={"r-1": changed},
        )
    assert str(caught.value).split("; ") == [
        (
            "the plan no longer holds: it was made for target 'kizen' (https://crm.example, business 'b-1'), "
            "not for target 'kizen' (https://crm.example, business 'b-2')"
        ),
        "it expired at 2026-11-24T15:00:00Z",
        f"tzdata is now 1999z, it was {plan.versions['tzdata']}",
        "the sequence 'demo' has changed",
        "the record 'Ada B.' has changed: end, plan",
        "the sequence 'demo' has changed",
        "plan again and review the changes",
    ]


def test_a_sequence_that_is_not_there_is_not_said_to_have_changed(plan: Plan) -> None:
    first = replace(plan.enrollments[0], sequence_path="sequences/demo.yaml")
    assert why_stale(replace(plan, enrollments=(first,)), now=NOW, digests={"demo": ""}) == (
        "the sequence 'demo' cannot be read from here: sequences/demo.yaml",
    )


def test_a_plan_without_a_target_goes_to_any(plan: Plan) -> None:
    assert why_stale(replace(plan, target=None), now=NOW, target=TARGET) == ()


def test_all_records_in_the_way_are_named(team: Directory) -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(parse_sequence(TEXT), [Record("r-1"), Record("r-2")], now=NOW, directory=team)
    assert caught.value.message.splitlines()[0] == "2 records cannot be planned:"
    assert [finding.code for finding in caught.value.findings] == ["missing-variable"] * 4


def test_the_load_is_by_day_and_assignee(plan: Plan) -> None:
    days = forecast(plan)
    assert sum(day.activities for day in days) == 5
    assert DayLoad(date(2027, 3, 26), "Ada Byron", 1) in days
    assert list(days) == sorted(days)


def test_a_plan_prints_as_a_table(team: Directory) -> None:
    steps = "steps: [{id: one, activity: call, due: 1 day after start, assign: {role: Sales}}]"
    text = f"sequence: demo\ntimezone: UTC\n{steps}"
    plan = make_plan(parse_sequence(text), [Record("r-1")], now=NOW, directory=team)
    assert str(plan) == ("demo for r-1, in UTC\n  one  create  Tue 24 Nov 2026 15:00 +00:00  Sales\n\n1 to create")


def test_fields_that_json_has_no_form_for_are_written_as_text_and_read_back_to_the_same_bytes() -> None:
    fields = {
        "timezone": "Europe/London",
        "owner": "Ada",
        "first_name": "Eve",
        "signed": date(2026, 3, 31),
        "seen": datetime(2026, 3, 31, 9, 30, tzinfo=UTC),
        "at": time(9, 30),
        "price": Decimal("10.50"),
        "ref": UUID("12345678-1234-1234-1234-123456789012"),
        "nested": {"until": date(2027, 1, 1), "amounts": [Decimal("1.10"), None]},
    }
    plan = make_plan(SEQUENCE, [Record("r-1", fields)], now=NOW)
    text = plan.to_json()
    snapshot = json.loads(text)["enrollments"][0]["snapshot"]
    assert snapshot == {
        **fields,
        "signed": "2026-03-31",
        "seen": "2026-03-31T09:30:00+00:00",
        "at": "09:30:00",
        "price": "10.50",
        "ref": "12345678-1234-1234-1234-123456789012",
        "nested": {"until": "2027-01-01", "amounts": ["1.10", None]},
    }
    again = plan_from_json(text)
    assert (again.digest, again.to_json()) == (plan.digest, text)


def test_the_digest_of_the_record_and_the_path_of_the_sequence_come_back() -> None:
    plan = make_plan(SEQUENCE, [Record("r-1", {"timezone": "UTC", "owner": "Ada", "first_name": "Eve"})], now=NOW)
    enrollment = replace(plan.enrollments[0], record_digest="5e" * 32, sequence_path="sequences/demo.yaml")
    again = plan_from_json(replace(plan, enrollments=(enrollment,)).to_json())
    assert again.enrollments == (enrollment,)


def test_a_plan_that_never_expires_comes_back_so() -> None:
    plan = make_plan(
        SEQUENCE, [Record("r-1", {"timezone": "UTC", "owner": "Ada", "first_name": "Eve"})], now=NOW, expires_after=None
    )
    assert plan.expires_at is None
    assert plan_from_json(plan.to_json()).expires_at is None

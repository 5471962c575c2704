"""What was found for one record is used for the next, and changes nothing in what is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cadence.model.people import Record
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TEXT = """
sequence: demo
calendar: {hours: {mon-fri: ["09:00-12:00", "13:00-17:00"], sat: "22:00-02:00"}, holidays: [US]}
steps:
  - {id: a, activity: call, due: 1 business day after start}
  - {id: b, activity: call, due: 3 days after a at 19:00}
  - {id: c, activity: call, due: friday after b at 11:00-15:00}
  - {id: d, activity: call, due: 5 hours after c}
  - {id: e, activity: call, due: 2 weeks before record.end at 08:00, if_past: now}
  - {id: f, activity: call, due: 1 month after record.end, roll: skip}
  - {id: g, activity: call, due: 1 week after start at 10:00, repeat: {every: 1 week, times: 2}}
"""


def test_many_records_at_once_are_planned_as_each_alone() -> None:
    zones = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
    records = [
        Record(f"r-{n}", {"timezone": zones[n % 3], "end": (NOW + timedelta(days=5 * n)).date().isoformat()})
        for n in range(40)
    ]
    sequence = parse_sequence(TEXT)
    together = make_plan(sequence, records, now=NOW)
    again = make_plan(sequence, records[::-1], now=NOW)
    alone = [make_plan(parse_sequence(TEXT), [record], now=NOW).enrollments[0] for record in records]
    assert [each.to_dict() for each in together.enrollments] == [each.to_dict() for each in alone]
    assert [each.to_dict() for each in again.enrollments[::-1]] == [each.to_dict() for each in alone]

"""An enrollment with one of everything that a picture can show, and pictures of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from cadence.model.entry import Entry, State
from cadence.model.people import Directory, Employee, Leave, Record
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence
from cadence.timeline.build import timeline_of
from cadence.timeline.surroundings import Surroundings

if TYPE_CHECKING:
    from cadence.model.plan import Plan
    from cadence.model.sequence import Sequence
    from cadence.timeline.timeline import Timeline

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
ANA = Employee("ana", "Ana Ruiz", timezone="America/New_York", leave=(Leave(date(2026, 11, 30), date(2026, 12, 1)),))
TEXT = """
sequence: week
assign: {owner: true}
calendar: {hours: {mon-fri: "09:00-17:00"}, holidays: [US], closed: {2026-11-27: retreat}}
steps:
  - {id: call, title: First call, activity: call, due: 1 business day after start at 10:00, note: "Hello <b>you</b>"}
  - {id: report, activity: task, due: friday after call at 15:00}
  - {id: small, activity: task, due: 1 day after call at 11:00, if: record.seats < 5}
  - {id: waits, activity: call, due: 1 day after completion of call}
"""


@pytest.fixture
def sequence() -> Sequence:
    return parse_sequence(TEXT)


@pytest.fixture
def plan(sequence: Sequence) -> Plan:
    record = Record("maya", {"timezone": "America/New_York", "seats": 25, "owner": "ana"}, name="Maya Chen")
    return make_plan(sequence, [record], now=NOW, directory=Directory(team=(ANA,)))


@pytest.fixture
def timeline(plan: Plan, sequence: Sequence) -> Timeline:
    return timeline_of(plan.enrollments[0], NOW, Surroundings(sequence, (ANA,), viewer="Europe/London"))


def entry_of(plan: Plan, step: str, state: State, **fields: object) -> Entry:
    """Return the ledger's entry for that step of the plan."""
    activity = next(each for each in plan.activities if each.step == step)
    assert activity.due_at is not None
    entry = Entry(activity.key, plan.enrollments[0].key, step, 1, state, activity.due_at)
    return replace(entry, **fields)  # type: ignore[arg-type]

"""Records planned one after the other: what one that cannot be planned leaves to the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cadence.errors import PlanError
from cadence.model.people import Directory, Employee, Record
from cadence.model.sequence import Rules
from cadence.planning.batch import BatchPlanner
from cadence.planning.subject import Request
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.planning.record import Planned

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TEXT = """
sequence: demo
timezone: UTC
assign: {employee: ann@example.com}
rules: {max_per_day: {count: 1, per: assignee}}
steps:
  - {id: a, activity: call, due: 2 days after start}
  - {id: b, activity: call, due: 5 days after start, note: "{{record.first_name}}"}
"""


def days(planned: Planned) -> list[int]:
    return [each.due_at.day for each in planned.enrollment.activities if each.due_at]


def test_a_record_that_cannot_be_planned_fills_nobodys_day() -> None:
    team = (Employee("e-1", "Ann", "ann@example.com", "UTC"),)
    planner = BatchPlanner(parse_sequence(TEXT), now=NOW, directory=Directory(team=team), rules=Rules())
    with pytest.raises(PlanError, match="first_name"):
        planner.plan_one(Record("r-1"), Request())
    first, second = (planner.plan_one(Record(f"r-{n}", {"first_name": "Ada"}), Request()) for n in (2, 3))
    assert (days(first), days(second)) == ([25, 28], [26, 29])

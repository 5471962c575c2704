"""A task as it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from cadence.server.instant import micros
from cadence.service.pages.today.task import Task, by_day, tasks_of

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
MIA = "0192f0c1-77aa-7bb0-8c3f-5d1e2f3a4b5c"


@dataclass
class References:
    types: dict[str, Any] = field(default_factory=lambda: {"t": {"name": "Call"}})
    records: dict[str, Any] = field(
        default_factory=lambda: {MIA: {"id": MIA, "display_name": "Mia Wolf", "lookup": ""}}
    )
    employees: dict[str, Any] = field(default_factory=lambda: {"e": {"display_name": "Kim Lee"}})
    roles: dict[str, Any] = field(default_factory=dict)


def shown(due: datetime, *, zone: str, there: str = "", **fields: Any) -> Task:
    row = {
        "id": "1", "type_id": "t", "employee_id": "e", "role_id": None, "note": "", "entities": [("o", MIA)],
        "due_at": micros(due), "original_due_at": micros(due), "completed_at": None,
    }  # fmt: skip
    found = cast("Any", ([{**row, **fields}], References()))
    (task,) = tasks_of(found, {MIA: there} if there else {}, zone=zone, now=NOW)
    return task


@pytest.mark.parametrize(
    ("due", "zone", "there", "expected"),
    [
        (datetime(2026, 11, 23, 4, tzinfo=UTC), "Europe/Berlin", "Asia/Kolkata", ("05:00", "09:30 in Kolkata")),
        (datetime(2026, 11, 23, 20, tzinfo=UTC), "Europe/Berlin", "Asia/Kolkata", ("21:00", "Tue 01:30 in Kolkata")),
        (datetime(2026, 11, 23, 4, tzinfo=UTC), "Europe/Berlin", "Europe/Rome", ("05:00", "")),
        (datetime(2026, 11, 23, 4, tzinfo=UTC), "Europe/Berlin", "", ("05:00", "")),
        (datetime(2026, 3, 20, 14, tzinfo=UTC), "Europe/London", "America/New_York", ("14:00", "10:00 in New York")),
    ],
)
def test_a_time_is_the_viewers_with_the_records_beside_it(
    due: datetime, zone: str, there: str, expected: tuple[str, str]
) -> None:
    task = shown(due, zone=zone, there=there)
    assert (task.time, task.elsewhere) == expected


def test_the_marker_is_not_shown_and_tells_that_a_sequence_made_it() -> None:
    ours = shown(NOW, zone="UTC", note="Ask.\nTwice.\n[cadence abcdefghijkl]")
    assert (ours.note, ours.is_planned) == ("Ask.\nTwice.", True)
    theirs = shown(NOW, zone="UTC", note="They said [cadence is] fine")
    assert (theirs.note, theirs.is_planned) == ("They said [cadence is] fine", False)


def test_overdue_comes_as_one_and_days_by_name() -> None:
    hours = (-50, -1, 1, 20, 200)
    tasks = [shown(NOW + timedelta(hours=ahead), zone="UTC") for ahead in hours]
    days = list(by_day(tasks, date(2026, 11, 20)))
    assert [(day.title, len(day.tasks), day.is_overdue) for day in days] == [
        ("Overdue", 2, True),
        ("Today, Fri 20 Nov 2026", 1, False),
        ("Tomorrow, Sat 21 Nov 2026", 1, False),
        ("Sat 28 Nov 2026", 1, False),
    ]


def test_what_is_done_is_never_overdue() -> None:
    due = NOW - timedelta(days=3)
    task = shown(due, zone="Europe/Berlin", completed_at=micros(NOW), original_due_at=micros(due - timedelta(days=1)))
    assert (task.is_overdue, task.completed) == (False, "Fri 20 Nov 2026 16:00 UTC+1")
    assert task.before == "Mon 16 Nov 2026 16:00 UTC+1"

"""Tasks counted by person and day: a day is the person's own, from midnight to midnight where they are."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.paging import MOST_SIZE, Page
from cadence.server.store import account
from cadence.server.store.schema import scheduled_activities
from cadence.service.pages.today.question import midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from cadence.model.plan import Plan
    from cadence.server.store.keys import Caller

__all__ = ["Cell", "Grid", "Row", "counted_changes", "read_grid"]

_QUARTER = 15 * 60 * 1_000_000  # no zone's day begins between two quarters of an hour
_SHADES = 5
_WORKING_DAYS = 5
_OPEN = scheduled_activities.c.completed_at.is_(None)

Counts = Counter[tuple[str, date]]
"""How many tasks there are by assignee and day; the assignee is empty for tasks of nobody."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The tasks of one person on one day: `count` now, `change` what a plan would make of it.

    `shade` is 0 for none and 5 for a full day. `is_away` is leave, `is_off` a day without working hours.
    """

    day: date
    count: int
    change: int
    shade: int
    is_over: bool
    is_away: bool
    is_off: bool

    @property
    def after(self) -> int:
        """The count once the plan is applied."""
        return self.count + self.change


@dataclass(frozen=True, slots=True)
class Row:
    """One person, or nobody, over all days."""

    person_id: str
    name: str
    zone: str
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        """All tasks of the row."""
        return sum(cell.after for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of people over `days`, each of whom can do `capacity` tasks a day."""

    days: tuple[date, ...]
    rows: tuple[Row, ...]
    capacity: int


def read_grid(
    connection: Connection, caller: Caller, days: Sequence[date], *, zone: str, capacity: int, plan: Plan | None
) -> Grid:
    """Return the open tasks of *days*, and with *plan* what it would change. *zone* stands in for unknown ones."""
    team, _ = account.team(connection, caller.business_id, page=Page(1, MOST_SIZE))
    people = {person["id"]: person for person, _ in team}
    zones = {person_id: person["timezone"] or zone for person_id, person in people.items()}
    counts = _counts(connection, caller, days, zones=zones, zone=zone)
    changes = counted_changes(plan, zones, zone) if plan else Counter()
    rows = [
        _row(people[person_id], counts, changes, days, zone=zones[person_id], capacity=capacity) for person_id in people
    ]
    if any(not assignee for assignee, _ in (*counts, *changes)):
        nobody: dict[str, Any] = {"id": "", "display_name": "Roles and nobody", "hours": None, "leave": []}
        rows.append(_row(nobody, counts, changes, days, zone=zone, capacity=0))
    return Grid(tuple(days), tuple(rows), capacity)


def counted_changes(plan: Plan, zones: Mapping[str, str], zone: str) -> Counts:
    """Return by how much *plan* changes the counts: what it takes away is negative."""
    counts: Counts = Counter()
    for activity in plan.activities:
        if not activity.action.is_change:
            continue
        assignee = activity.assignee.id if activity.assignee and not activity.assignee.is_role else ""
        here = ZoneInfo(zones.get(assignee, zone))
        if activity.previous_due_at is not None:
            counts[assignee, activity.previous_due_at.astimezone(here).date()] -= 1
        if activity.due_at is not None:
            counts[assignee, activity.due_at.astimezone(here).date()] += 1
    return counts


def _counts(
    connection: Connection, caller: Caller, days: Sequence[date], *, zones: Mapping[str, str], zone: str
) -> Counts:
    """Return the open tasks, counted in quarters of an hour by the database and put into days here."""
    table, quarter = scheduled_activities, scheduled_activities.c.due_at / _QUARTER
    first = datetime.combine(days[0], datetime.min.time(), UTC) - timedelta(days=1)
    end = datetime.combine(days[-1], datetime.min.time(), UTC) + timedelta(days=2)
    wanted = (
        select(table.c.employee_id, func.floor(quarter).label("quarter"), func.count().label("tasks"))
        .where(table.c.business_id == caller.business_id, _OPEN)
        .where(table.c.due_at >= micros(first), table.c.due_at < micros(end))
        .group_by(table.c.employee_id, "quarter")
    )
    counts: Counts = Counter()
    begins = {each: _begins(days, each) for each in {zone, *zones.values()}}
    for row in connection.execute(wanted):
        assignee = row.employee_id or ""
        number = bisect_right(begins[zones.get(assignee, zone)], int(row.quarter) * _QUARTER)
        if 0 < number <= len(days):
            counts[assignee, days[number - 1]] += row.tasks
    return counts


def _begins(days: Sequence[date], zone: str) -> list[int]:
    """Return when each day begins in *zone*, and the day after the last, in microseconds since 1970."""
    return [micros(midnight(day, zone)) for day in (*days, days[-1] + timedelta(days=1))]


def _row(
    person: Mapping[str, Any], counts: Counts, changes: Counts, days: Iterable[date], *, zone: str, capacity: int
) -> Row:
    away = [(date.fromisoformat(leave["first"]), date.fromisoformat(leave["last"])) for leave in person["leave"]]
    cells = []
    for day in days:
        key = (person["id"], day)
        count, change = counts[key], changes[key]
        is_away = any(first <= day <= last for first, last in away)
        room = 0 if is_away else capacity
        cells.append(
            Cell(
                day=day,
                count=count,
                change=change,
                shade=_shade(count + change, capacity),
                is_over=bool(capacity) and count + change > room,
                is_away=is_away,
                is_off=_is_off(person["hours"], day),
            )
        )
    return Row(person["id"], person["display_name"], zone, tuple(cells))


def _shade(count: int, capacity: int) -> int:
    if count <= 0:
        return 0
    return min(_SHADES, 1 + (count - 1) * _SHADES // max(capacity, _SHADES))


def _is_off(hours: Sequence[Any] | None, day: date) -> bool:
    """Return whether the person does not work on that day of the week; Monday to Friday where that is not known."""
    return not hours[day.weekday()] if hours else day.weekday() >= _WORKING_DAYS

"""A task as it is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cadence.frozen import dataclass
from cadence.server.instant import from_micros
from cadence.service.pages.note import has_marker, without_marker
from cadence.wording.dates import offset_text, spoken_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cadence.server.store.scheduled import Scheduled

__all__ = ["Day", "Task", "by_day", "tasks_of"]


@dataclass(frozen=True, slots=True)
class Task:
    """One scheduled activity. `day` and `time` are the viewer's, `elsewhere` the record's clocks where they differ.

    `picked` is the due as a browser's field for date and time takes it; `before` where it was planned, once moved.
    `is_planned` is whether a sequence made it, by the marker in its note.
    """

    id: str
    kind: str
    record: str
    assignee_id: str
    assignee: str
    note: str
    day: date
    time: str
    elsewhere: str
    picked: str
    before: str
    is_overdue: bool
    is_planned: bool
    completed: str


@dataclass(frozen=True, slots=True)
class Day:
    """The tasks of one day, or all that is overdue."""

    title: str
    tasks: tuple[Task, ...]
    is_overdue: bool = False


def tasks_of(found: Scheduled, zones: Mapping[str, str], *, zone: str, now: datetime) -> list[Task]:
    """Return activities as they are shown to somebody in *zone*; *zones* has those of records, by id."""
    rows, references = found
    return [_task(row, references, zones, here=ZoneInfo(zone), now=now) for row in rows]


def by_day(tasks: Iterable[Task], today: date) -> Iterator[Day]:
    """Yield runs of tasks of the same day, in their order; what is overdue comes as one."""
    run: list[Task] = []
    for task in tasks:
        if run and (run[-1].is_overdue, _heading(run[-1], today)) != (task.is_overdue, _heading(task, today)):
            yield Day(_heading(run[0], today), tuple(run), run[0].is_overdue)
            run = []
        run.append(task)
    if run:
        yield Day(_heading(run[0], today), tuple(run), run[0].is_overdue)


def _heading(task: Task, today: date) -> str:
    if task.is_overdue:
        return "Overdue"
    near = {-1: "Yesterday, ", 0: "Today, ", 1: "Tomorrow, "}.get((task.day - today).days, "")
    return f"{near}{spoken_date(task.day)}"


def _task(row: Mapping[str, Any], references: Any, zones: Mapping[str, str], *, here: ZoneInfo, now: datetime) -> Task:
    due = from_micros(row["due_at"])
    local = due.astimezone(here)
    ids = [record_id for _, record_id in row["entities"]]
    labels = [_label(references.records[record_id]) for record_id in ids if record_id in references.records]
    assignee = references.employees.get(row["employee_id"]) or references.roles.get(row["role_id"]) or {}
    there = next((zones[record_id] for record_id in ids if record_id in zones), "")
    moved = row["original_due_at"] != row["due_at"]
    return Task(
        id=row["id"],
        kind=references.types[row["type_id"]]["name"],
        record=", ".join(labels),
        assignee_id=row["employee_id"] or "",
        assignee=assignee.get("display_name") or assignee.get("name") or "",
        note=without_marker(row["note"]),
        day=local.date(),
        time=f"{local:%H:%M}",
        elsewhere=_elsewhere(due, local, there),
        picked=f"{local:%Y-%m-%dT%H:%M}",
        before=_spoken(from_micros(row["original_due_at"]).astimezone(here)) if moved else "",
        is_overdue=row["completed_at"] is None and due < now,
        is_planned=has_marker(row["note"]),
        completed=_spoken(from_micros(row["completed_at"]).astimezone(here)) if row["completed_at"] is not None else "",
    )


def _label(record: Mapping[str, Any]) -> str:
    return str(record["display_name"] or record["lookup"] or record["id"])


def _elsewhere(due: datetime, local: datetime, zone: str) -> str:
    """Return the due on the record's clocks where these show another time, with the day where that differs too."""
    if not zone:
        return ""
    there = due.astimezone(ZoneInfo(zone))
    if there.utcoffset() == local.utcoffset():
        return ""
    day = "" if there.date() == local.date() else f"{there:%a} "
    place = zone.rpartition("/")[2].replace("_", " ")
    return f"{day}{there:%H:%M} in {place}"


def _spoken(local: datetime) -> str:
    return f"{spoken_date(local)} {local:%H:%M} {offset_text(local.utcoffset() or timedelta())}"

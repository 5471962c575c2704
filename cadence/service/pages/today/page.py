"""Today as a page, and what can be done to a task on it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.scheduled import PatchScheduled
from cadence.server.problem import Problem
from cadence.server.store import logged, scheduled, scheduling
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.today.agenda import people_of, read_agenda, read_task
from cadence.service.pages.today.question import question_of
from cadence.timing.instants import from_datetime, to_datetime
from cadence.timing.zones import zone as zone_named
from cadence.wording.dates import spoken_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.service.pages.doing import Doings
    from cadence.service.pages.today.task import Task
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the origin of local seconds, which have no zone


@dataclass(frozen=True, slots=True)
class _Undo:
    """How to take back what was just done: the form that does it, and what it sends."""

    path: str
    fields: dict[str, str]


async def _first(visit: Visit) -> Response:
    return visit.elsewhere("/today")


async def _show(visit: Visit) -> Response:
    question = question_of(visit)
    agenda = await visit.read(
        partial(read_agenda, caller=visit.caller, question=question, zone=visit.zone, now=visit.now)
    )
    template = "today/list.html" if visit.is_partial else "today/page.html"
    return visit.page(template, agenda=agenda, question=question)


async def _complete(visit: Visit) -> Response:
    activity_id, notes = visit.id_in_path(), visit.form.get("notes", "")
    logged_id = visit.new_id()

    def work(connection: Connection) -> None:
        (row,), _ = scheduled.load(connection, visit.business_id, activity_id)
        body = LogActivity.model_validate(
            {
                "related_objects": [{"custom_object": kind, "entity_id": record} for kind, record in row["entities"]],
                "notes": notes,
                "scheduled_activity_id": activity_id,
            }
        )
        logged.log(connection, visit.caller, row["type_id"], body, logged_id=logged_id, now=visit.now)

    return await _done(visit, work, "Done", _Undo(f"/today/{activity_id}/reopen", {}))


async def _reopen(visit: Visit) -> Response:
    await _task(visit)  # one that is not there is said to be so, before anything else
    work = partial(logged.take_back, caller=visit.caller, scheduled_id=visit.id_in_path(), now=visit.now)
    return await _done(visit, work, "Open again")


async def _reschedule(visit: Visit) -> Response:
    due = _instant(visit.form.get("due", ""), visit.zone)
    before = await _task(visit)
    undo = _Undo(f"/today/{before.id}/reschedule", {"due": before.picked})
    said = f"Moved to {spoken_in(visit.zone, due)}"
    return await _done(visit, _change(visit, {"due_datetime": due.isoformat()}), said, undo)


async def _reassign(visit: Visit) -> Response:
    before, employee_id = await _task(visit), visit.form.get("assignee", "")
    undo = _Undo(f"/today/{before.id}/reassign", {"assignee": before.assignee_id})
    return await _done(visit, _change(visit, {"employee_id": employee_id or None}), "Reassigned", undo)


def _change(visit: Visit, fields: dict[str, Any]) -> Callable[[Connection], object]:
    try:
        body = PatchScheduled.model_validate(fields)
    except ValueError:
        said = (
            "That is not a person of the team." if "employee_id" in fields else "That is not a time that can be kept."
        )
        raise Problem.detail(400, said, "invalid") from None
    return partial(
        scheduling.change,
        caller=visit.caller,
        activity_id=visit.id_in_path(),
        body=body,
        given=set(fields),
        now=visit.now,
    )


async def _done(visit: Visit, work: Callable[[Connection], object], said: str, undo: _Undo | None = None) -> Response:
    """Do *work* and show the task as it then is, what was done, and how to take it back."""
    await visit.write(work, subject=lambda _: visit.id_in_path())
    if not visit.is_partial:
        return visit.elsewhere("/today")
    task = await _task(visit)
    people = await visit.read(partial(people_of, caller=visit.caller))
    response = visit.page("today/changed.html", task=task, people=people, said=said, undo=undo)
    response.headers["HX-Trigger"] = "tasks-changed"  # what counts them asks again
    return response


async def _task(visit: Visit) -> Task:
    return await visit.read(
        partial(read_task, caller=visit.caller, activity_id=visit.id_in_path(), zone=visit.zone, now=visit.now)
    )


def _instant(text: str, zone: str) -> datetime:
    """Return the instant of a local time; one that clocks skip that day is read as RFC 5545 says. Raises Problem."""
    try:
        local = datetime.fromisoformat(text).replace(second=0, microsecond=0)
        if local.tzinfo is None:
            return to_datetime(zone_named(zone).to_utc(int((local - _EPOCH).total_seconds())))
        return to_datetime(from_datetime(local))
    except (ValueError, OverflowError):
        raise Problem.detail(400, f"'{text[:40]}' is not a date and a time.", "invalid") from None


PAGES: dict[str, Doings] = {
    "/": {"GET": Doing(Scope.READ, _first)},
    "/today": {"GET": Doing(Scope.READ, _show)},
    "/today/{id}/complete": {"POST": Doing(Scope.WRITE, _complete)},
    "/today/{id}/reopen": {"POST": Doing(Scope.WRITE, _reopen)},
    "/today/{id}/reschedule": {"POST": Doing(Scope.WRITE, _reschedule)},
    "/today/{id}/reassign": {"POST": Doing(Scope.WRITE, _reassign)},
}

"""Scheduled activities: the calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.bodies.query import Paged
from cadence.server.bodies.scheduled import CreateScheduled, ListScheduled, PatchNote, PatchScheduled, SearchScheduled
from cadence.server.operation import Operation, Operations, a_page_of, made, nothing, one
from cadence.server.paging import Page
from cadence.server.rendering import page_text, scheduled_texts
from cadence.server.store import scheduled, scheduling
from cadence.server.store.keys import Scope
from cadence.server.store.scheduling import Creation

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from cadence.server.bodies.body import Query
    from cadence.server.call import Call
    from cadence.server.store.scheduled import Scheduled

__all__ = ["PATHS"]


async def _create(call: Call[Query, CreateScheduled]) -> Response:
    creation = Creation(call.caller, call.body, call.new_id(), call.now)
    return _one(call, await call.write_together(scheduling.create_all, creation, subject=_id), 201)


async def _get(call: Call[Query, None]) -> Response:
    load = partial(scheduled.load, business_id=call.business_id, activity_id=call.id_in_path())
    return _one(call, await call.read(load))


async def _list(call: Call[ListScheduled, None]) -> Response:
    return await _found(call, call.query, Page.of(call.query.page, call.query.page_size))


async def _search(call: Call[Paged, SearchScheduled]) -> Response:
    return await _found(call, call.body, call.query.which(call.body))


async def _found(call: Call[Any, Any], filters: SearchScheduled, page: Page) -> Response:
    find = partial(scheduled.find, caller=call.caller, filters=filters, page=page)
    (rows, references), count = await call.read(find)
    texts = scheduled_texts(rows, references, call.caller)
    return Response(page_text(texts, call.frame(count, page, shown=len(rows))), media_type="application/json")


async def _patch(call: Call[Query, PatchScheduled]) -> Response:
    return await _changed(call, call.body, given=call.given)


async def _put(call: Call[Query, CreateScheduled]) -> Response:
    return await _changed(call, call.body, given=_REPLACED)


async def _patch_note(call: Call[Query, PatchNote]) -> Response:
    return await _changed(call, PatchScheduled(note=call.body.note), given={"note"})


async def _changed(call: Call[Any, Any], body: PatchScheduled, *, given: Collection[str]) -> Response:
    work = partial(
        scheduling.change, caller=call.caller, activity_id=call.id_in_path(), body=body, given=given, now=call.now
    )
    return _one(call, await call.write(work, subject=_id))


async def _delete(call: Call[Query, None]) -> Response:
    work = partial(scheduling.remove, business_id=call.business_id, activity_id=call.id_in_path())
    await call.write(work, subject=lambda _: call.id_in_path())
    return Response(status_code=204)


def _id(found: Scheduled) -> str:
    return str(found[0][0]["id"])


def _one(call: Call[Any, Any], found: Scheduled, status: int = 200) -> Response:
    rows, references = found
    (text,) = scheduled_texts(rows, references, call.caller)
    return Response(text, status, media_type="application/json")


_REPLACED = frozenset(PatchScheduled.model_fields) - {"original_due_datetime"}
_SHAPE = "ScheduledActivity"
_LIST = Operation("List scheduled activities", Scope.READ, _list, a_page_of(_SHAPE), query=ListScheduled)
PATHS: dict[str, Operations] = {
    "/api/activities/scheduled-activity": {
        "GET": _LIST,
        "POST": Operation("Schedule an activity", Scope.WRITE, _create, made(_SHAPE), body=CreateScheduled),
    },
    "/api/activities/scheduled-activity/search": {
        "GET": _LIST,
        "POST": Operation(
            "Search scheduled activities",
            Scope.READ,
            _search,
            a_page_of(_SHAPE),
            query=Paged,
            body=SearchScheduled,
            optional=True,
        ),
    },
    "/api/activities/scheduled-activity/{id}": {
        "GET": Operation("Get a scheduled activity", Scope.READ, _get, one(_SHAPE)),
        "PUT": Operation("Replace a scheduled activity", Scope.WRITE, _put, one(_SHAPE), body=CreateScheduled),
        "PATCH": Operation("Change a scheduled activity", Scope.WRITE, _patch, one(_SHAPE), body=PatchScheduled),
        "DELETE": Operation("Delete a scheduled activity", Scope.WRITE, _delete, nothing()),
    },
    "/api/activities/scheduled-activity/{id}/notes": {
        "PATCH": Operation("Change the note alone", Scope.WRITE, _patch_note, one(_SHAPE), body=PatchNote),
    },
}

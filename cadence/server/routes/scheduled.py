"""Scheduled activities: the calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from cadence.server.bodies.body import checked
from cadence.server.bodies.scheduled import CreateScheduled, PatchNote, PatchScheduled, SearchScheduled
from cadence.server.call import Call, answer
from cadence.server.paging import page_of
from cadence.server.problem import Problem
from cadence.server.shape import scheduled_shape
from cadence.server.store import scheduled
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from cadence.server.routes.resource import Handlers
    from cadence.server.store.scheduled import Scheduled

__all__ = ["PATHS"]

_LISTS = ("employee_ids", "role_ids")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


async def _create(call: Call) -> Response:
    body = await call.body(CreateScheduled)
    work = partial(scheduled.create, caller=call.caller, body=body, activity_id=call.new_id(), now=call.now)
    return _one(call, await call.write(work, subject=_id), 201)


async def _get(call: Call) -> Response:
    load = partial(scheduled.load, business_id=call.business_id, activity_id=call.id_in_path())
    return _one(call, await call.read(load))


async def _list(call: Call) -> Response:
    return await _found(call, checked(SearchScheduled, _from_query(call)))


async def _search(call: Call) -> Response:
    return await _found(call, await call.body(SearchScheduled, optional=True))


async def _found(call: Call, filters: SearchScheduled) -> Response:
    parameters = call.request.query_params
    page = page_of(filters.page or parameters.get("page"), filters.page_size or parameters.get("page_size"))
    find = partial(scheduled.find, caller=call.caller, filters=filters, page=page)
    (rows, references), count = await call.read(find)
    return call.paged([scheduled_shape(row, references, call.caller) for row in rows], count, page)


async def _patch(call: Call) -> Response:
    return await _changed(call, await call.body(PatchScheduled))


async def _put(call: Call) -> Response:
    body = await call.body(CreateScheduled)
    replaced = set(PatchScheduled.model_fields) - {"original_due_datetime"}
    return await _changed(call, body, given=replaced)


async def _patch_note(call: Call) -> Response:
    body = await call.body(PatchNote)
    return await _changed(call, PatchScheduled(note=body.note))


async def _changed(call: Call, body: PatchScheduled, *, given: set[str] | None = None) -> Response:
    fields = body.model_fields_set if given is None else given
    work = partial(
        scheduled.change, caller=call.caller, activity_id=call.id_in_path(), body=body, given=fields, now=call.now
    )
    return _one(call, await call.write(work, subject=_id))


async def _delete(call: Call) -> Response:
    work = partial(scheduled.remove, business_id=call.business_id, activity_id=call.id_in_path())
    await call.write(work, subject=lambda _: call.id_in_path())
    return Response(status_code=204)


def _id(found: Scheduled) -> str:
    return str(found[0][0]["id"])


def _one(call: Call, found: Scheduled, status: int = 200) -> Response:
    (row,), references = found
    return answer(scheduled_shape(row, references, call.caller), status)


def _from_query(call: Call) -> dict[str, Any]:
    """Return the filters of a query string as a body would hold them; parameters that are not known are ignored."""
    filters: dict[str, Any] = {}
    for name, text in call.request.query_params.items():
        if name in _LISTS:
            filters[name] = [part.strip() for part in text.split(",") if part.strip()]
        elif name in ("assigned_to_me", "completed"):
            filters[name] = _flag(name, text)
        elif name in SearchScheduled.model_fields and name not in ("page", "page_size") and text:
            filters[name] = text.replace(" ", "+") if name in ("from_date", "to_date") and "T" in text else text
    return filters


def _flag(name: str, text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise Problem(400, {name: ["Must be true or false."]})
    return _FLAGS[text.lower()]


_SEARCH: Handlers = {"GET": (Scope.READ, _list), "POST": (Scope.READ, _search)}
PATHS: dict[str, Handlers] = {
    "/api/activities/scheduled-activity": {"GET": (Scope.READ, _list), "POST": (Scope.WRITE, _create)},
    "/api/activities/scheduled-activity/search": _SEARCH,
    "/api/activities/scheduled-activity/{id}": {
        "GET": (Scope.READ, _get),
        "PUT": (Scope.WRITE, _put),
        "PATCH": (Scope.WRITE, _patch),
        "DELETE": (Scope.WRITE, _delete),
    },
    "/api/activities/scheduled-activity/{id}/notes": {"PATCH": (Scope.WRITE, _patch_note)},
}

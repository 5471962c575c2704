"""Activity types and logged activities: the calls."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.bodies.account import CreateType, PatchType
from cadence.server.bodies.logged import LogActivity, Responses
from cadence.server.call import Call, answer
from cadence.server.paging import page_of
from cadence.server.shape import logged_shape, type_fields_shape, type_shape
from cadence.server.store import logged, types
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection

    from cadence.server.routes.resource import Handlers

__all__ = ["PATHS"]

_ID = itemgetter("id")


async def _list(call: Call) -> Response:
    object_id, page = call.query("custom_object_id").lower() or None, call.page

    def work(connection: Connection) -> tuple[list[dict[str, Any]], int]:
        rows, count = types.find(
            connection, call.business_id, search=call.query("search"), object_id=object_id, page=page
        )
        submissions = types.submissions(connection, call.business_id, rows)
        return [type_shape(row, submissions.get(row["id"], 0)) for row in rows], count

    rows, count = await call.read(work)
    return call.paged(rows, count, page)


async def _create(call: Call) -> Response:
    body = await call.body(CreateType)
    work = partial(types.create, business_id=call.business_id, body=body, type_id=call.new_id(), now=call.now)
    return answer(type_shape(await call.write(work, subject=_ID), 0, whole=True), 201)


async def _get(call: Call) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        row = types.load(connection, call.business_id, _reference(call))
        return _whole(connection, call, row)

    return answer(await call.read(work))


async def _patch(call: Call) -> Response:
    body = await call.body(PatchType)

    def work(connection: Connection) -> dict[str, Any]:
        row = types.change(connection, call.business_id, _reference(call), body, given=body.model_fields_set)
        return _whole(connection, call, row)

    return answer(await call.write(work, subject=_ID))


async def _delete(call: Call) -> Response:
    work = partial(types.remove, business_id=call.business_id, reference=_reference(call), now=call.now)
    await call.write(work, subject=_ID)
    return Response(status_code=204)


async def _fields(call: Call) -> Response:
    row = await call.read(partial(types.load, business_id=call.business_id, reference=_reference(call)))
    return answer(type_fields_shape(row))


async def _log(call: Call) -> Response:
    body = await call.body(LogActivity)
    work = partial(
        logged.log, caller=call.caller, reference=_reference(call), body=body, logged_id=call.new_id(), now=call.now
    )
    (row,), references = await call.write(work, subject=lambda found: str(found[0][0]["id"]))
    return answer(logged_shape(row, references), 201)


async def _responses(call: Call) -> Response:
    body = await call.body(Responses, optional=True)
    parameters = call.request.query_params
    page = page_of(body.page or parameters.get("page"), body.page_size or parameters.get("page_size"))
    find = partial(logged.find, business_id=call.business_id, reference=_reference(call), search=body.search, page=page)
    (rows, references), count = await call.read(find)
    return call.paged([logged_shape(row, references) for row in rows], count, page)


async def _logged(call: Call) -> Response:
    load = partial(logged.load, business_id=call.business_id, logged_id=call.id_in_path())
    (row,), references = await call.read(load)
    return answer(logged_shape(row, references))


def _whole(connection: Connection, call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    submissions = types.submissions(connection, call.business_id, [row])
    return type_shape(row, submissions.get(row["id"], 0), whole=True)


def _reference(call: Call) -> str:
    return call.id_in_path("reference")


PATHS: dict[str, Handlers] = {
    "/api/activities": {"GET": (Scope.READ, _list), "POST": (Scope.ADMIN, _create)},
    "/api/activities/logged/{id}": {"GET": (Scope.READ, _logged)},
    "/api/activities/{reference}": {
        "GET": (Scope.READ, _get),
        "PATCH": (Scope.ADMIN, _patch),
        "DELETE": (Scope.ADMIN, _delete),
    },
    "/api/activities/{reference}/fields": {"GET": (Scope.READ, _fields)},
    "/api/activities/{reference}/log-activity": {"POST": (Scope.WRITE, _log)},
    "/api/activities/{reference}/responses": {"POST": (Scope.READ, _responses)},
}

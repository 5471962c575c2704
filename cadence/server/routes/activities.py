"""Activity types and logged activities: the calls."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.bodies.account import CreateType, ListTypes, PatchType
from cadence.server.bodies.logged import LogActivity, Responses
from cadence.server.bodies.query import Paged
from cadence.server.call import Call, answer
from cadence.server.operation import Operation, Operations, a_list_of, a_page_of, made, nothing, one
from cadence.server.routes.webhooks import check_url
from cadence.server.shape import logged_shape, type_fields_shape, type_shape
from cadence.server.store import endpoints, logged, types
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection

    from cadence.server.bodies.body import Query

__all__ = ["PATHS"]

_ID = itemgetter("id")


async def _list(call: Call[ListTypes, None]) -> Response:
    asked, page = call.query, call.query.which()

    def work(connection: Connection) -> tuple[list[dict[str, Any]], int]:
        rows, count = types.find(
            connection, call.business_id, search=asked.search, object_id=asked.custom_object_id, page=page
        )
        submissions = types.submissions(connection, call.business_id, rows)
        return [type_shape(row, submissions.get(row["id"], 0)) for row in rows], count

    rows, count = await call.read(work)
    return call.paged(rows, count, page)


async def _create(call: Call[Query, CreateType]) -> Response:
    await check_url(call, "webhook_url", call.body.webhook_url)

    def work(connection: Connection) -> Mapping[str, Any]:
        row = types.create(connection, call.business_id, call.body, type_id=call.new_id(), now=call.now)
        endpoints.follow_type(connection, row, endpoint_id=call.new_id(), now=call.now)
        return row

    return answer(type_shape(await call.write(work, subject=_ID), 0, whole=True), 201)


async def _get(call: Call[Query, None]) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        row = types.load(connection, call.business_id, _reference(call))
        return _whole(connection, call, row)

    return answer(await call.read(work))


async def _patch(call: Call[Query, PatchType]) -> Response:
    await check_url(call, "webhook_url", call.body.webhook_url)

    def work(connection: Connection) -> dict[str, Any]:
        row = types.change(connection, call.business_id, _reference(call), call.body, given=call.given)
        if call.given & {"webhook_url", "submission_action"}:
            endpoints.follow_type(connection, row, endpoint_id=call.new_id(), now=call.now)
        return _whole(connection, call, row)

    return answer(await call.write(work, subject=_ID))


async def _delete(call: Call[Query, None]) -> Response:
    work = partial(types.remove, business_id=call.business_id, reference=_reference(call), now=call.now)
    await call.write(work, subject=_ID)
    return Response(status_code=204)


async def _fields(call: Call[Query, None]) -> Response:
    row = await call.read(partial(types.load, business_id=call.business_id, reference=_reference(call)))
    return answer(type_fields_shape(row))


async def _log(call: Call[Query, LogActivity]) -> Response:
    work = partial(
        logged.log,
        caller=call.caller,
        reference=_reference(call),
        body=call.body,
        logged_id=call.new_id(),
        now=call.now,
    )
    (row,), references = await call.write(work, subject=lambda found: str(found[0][0]["id"]))
    return answer(logged_shape(row, references), 201)


async def _responses(call: Call[Paged, Responses]) -> Response:
    page = call.query.which(call.body)
    find = partial(
        logged.find, business_id=call.business_id, reference=_reference(call), search=call.body.search, page=page
    )
    (rows, references), count = await call.read(find)
    return call.paged([logged_shape(row, references) for row in rows], count, page)


async def _logged(call: Call[Query, None]) -> Response:
    load = partial(logged.load, business_id=call.business_id, logged_id=call.id_in_path())
    (row,), references = await call.read(load)
    return answer(logged_shape(row, references))


def _whole(connection: Connection, call: Call[Any, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    submissions = types.submissions(connection, call.business_id, [row])
    return type_shape(row, submissions.get(row["id"], 0), whole=True)


def _reference(call: Call[Any, Any]) -> str:
    return call.id_in_path("reference")


_TYPE, _LOGGED = "ActivityTypeWhole", "LoggedActivity"
PATHS: dict[str, Operations] = {
    "/api/activities": {
        "GET": Operation("List activity types", Scope.READ, _list, a_page_of("ActivityType"), query=ListTypes),
        "POST": Operation("Add an activity type", Scope.ADMIN, _create, made(_TYPE), body=CreateType),
    },
    "/api/activities/logged/{id}": {"GET": Operation("Get a logged activity", Scope.READ, _logged, one(_LOGGED))},
    "/api/activities/{reference}": {
        "GET": Operation("Get an activity type", Scope.READ, _get, one(_TYPE)),
        "PATCH": Operation("Change an activity type", Scope.ADMIN, _patch, one(_TYPE), body=PatchType),
        "DELETE": Operation("Delete an activity type", Scope.ADMIN, _delete, nothing()),
    },
    "/api/activities/{reference}/fields": {
        "GET": Operation("List the fields of an activity type", Scope.READ, _fields, a_list_of("ActivityTypeField")),
    },
    "/api/activities/{reference}/log-activity": {
        "POST": Operation("Log work that happened", Scope.WRITE, _log, made(_LOGGED), body=LogActivity),
    },
    "/api/activities/{reference}/responses": {
        "POST": Operation(
            "List the logged activities of a type",
            Scope.READ,
            _responses,
            a_page_of(_LOGGED),
            query=Paged,
            body=Responses,
            optional=True,
        ),
    },
}

"""Records: the calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.bodies.records import AddRecord, PatchRecord, SearchRecords, UpsertRecord
from cadence.server.call import Call, answer
from cadence.server.problem import Problem
from cadence.server.shape import record_row_shape, record_shape
from cadence.server.store import records
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from typing import Any

    from cadence.server.routes.resource import Handlers
    from cadence.server.store.records import Found

__all__ = ["PATHS"]


async def _get(call: Call) -> Response:
    load = partial(records.load, business_id=call.business_id, reference=_object(call), record_id=call.id_in_path())
    return answer(_shown(call, await call.read(load)))


async def _lookup(call: Call) -> Response:
    identifier = call.query("identifier")
    if not identifier:
        raise Problem.invalid("identifier", "This field is required.", "required")
    work = partial(records.lookup, business_id=call.business_id, reference=_object(call), identifier=identifier)
    return answer(_shown(call, await call.read(work)))


async def _search(call: Call) -> Response:
    body = await call.body(SearchRecords, optional=True)
    filters = body.model_copy(update={"search": body.search or call.query("search")})
    page = call.page
    find = partial(
        records.search,
        business_id=call.business_id,
        reference=_object(call),
        body=filters,
        ordering=call.query("ordering", "created"),
        page=page,
    )
    rows, fields, count = await call.read(find)
    return call.paged([record_row_shape(row, fields) for row in rows], count, page)


async def _add(call: Call) -> Response:
    body = await call.body(AddRecord)
    if body.id is not None and call.caller.scope < Scope.ADMIN:
        raise Problem.invalid("id", "Only a key with the scope 'admin' may choose ids.", "permission_required")
    work = partial(
        records.add,
        caller=call.caller,
        reference=_object(call),
        settings=body.fields,
        record_id=body.id or call.new_id(),
        now=call.now,
    )
    return answer(_shown(call, await call.write(work, subject=_id)), 201)


async def _upsert(call: Call) -> Response:
    body = await call.body(UpsertRecord)
    work = partial(
        records.upsert,
        caller=call.caller,
        reference=_object(call),
        settings=body.fields,
        lookup_value=body.lookup_value,
        record_id=call.new_id(),
        now=call.now,
    )
    found, is_new = await call.write(work, subject=lambda upserted: _id(upserted[0]))
    return answer({**_shown(call, found), "action": "created" if is_new else "updated"}, 201 if is_new else 200)


async def _patch(call: Call) -> Response:
    body = await call.body(PatchRecord)
    work = partial(
        records.change,
        caller=call.caller,
        reference=_object(call),
        record_id=call.id_in_path(),
        settings=body.fields,
        now=call.now,
    )
    return answer(_shown(call, await call.write(work, subject=_id)))


async def _delete(call: Call) -> Response:
    work = partial(records.remove, business_id=call.business_id, reference=_object(call), record_id=call.id_in_path())
    await call.write(work, subject=lambda _: call.id_in_path())
    return Response(status_code=204)


def _id(found: Found) -> str:
    return str(found[0]["id"])


def _object(call: Call) -> str:
    return call.path("object")


def _shown(call: Call, found: Found) -> dict[str, Any]:
    """Return the record, with only the fields that `field_names` asks for."""
    row, kind, fields = found
    wanted = {name for name in call.query("field_names").split(",") if name}
    shown = [field for field in fields if field["name"] in wanted] if wanted else fields
    return record_shape(row, kind, shown, call.caller)


PATHS: dict[str, Handlers] = {
    "/api/records/{object}/lookup": {"GET": (Scope.READ, _lookup)},
    "/api/records/{object}/search": {"POST": (Scope.READ, _search)},
    "/api/records/{object}/add": {"POST": (Scope.WRITE, _add)},
    "/api/records/{object}/upsert": {"POST": (Scope.WRITE, _upsert)},
    "/api/records/{object}/{id}": {
        "GET": (Scope.READ, _get),
        "PATCH": (Scope.WRITE, _patch),
        "DELETE": (Scope.WRITE, _delete),
    },
}

"""Records: the calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.bodies.query import FieldNames
from cadence.server.bodies.records import AddRecord, ListRecords, LookUp, PatchRecord, SearchRecords, UpsertRecord
from cadence.server.call import Call, answer
from cadence.server.operation import Operation, Operations, Says, a_page_of, made, nothing, one
from cadence.server.problem import Problem
from cadence.server.shape import record_row_shape, record_shape
from cadence.server.store import records
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from typing import Any

    from cadence.server.bodies.body import Query
    from cadence.server.store.records import Found

__all__ = ["PATHS"]


async def _get(call: Call[FieldNames, None]) -> Response:
    load = partial(records.load, business_id=call.business_id, reference=_object(call), record_id=call.id_in_path())
    return answer(_shown(call, await call.read(load)))


async def _lookup(call: Call[LookUp, None]) -> Response:
    work = partial(
        records.lookup,
        business_id=call.business_id,
        reference=_object(call),
        identifier=call.query.identifier,
    )
    return answer(_shown(call, await call.read(work)))


async def _search(call: Call[ListRecords, SearchRecords]) -> Response:
    filters = call.body.model_copy(update={"search": call.body.search or call.query.search})
    page = call.query.which()
    find = partial(
        records.search,
        business_id=call.business_id,
        reference=_object(call),
        body=filters,
        ordering=call.query.ordering,
        page=page,
    )
    rows, fields, count = await call.read(find)
    return call.paged([record_row_shape(row, fields) for row in rows], count, page)


async def _add(call: Call[FieldNames, AddRecord]) -> Response:
    if call.body.id is not None and call.caller.scope < Scope.ADMIN:
        raise Problem.invalid("id", "Only a key with the scope 'admin' may choose ids.", "permission_required")
    work = partial(
        records.add,
        caller=call.caller,
        reference=_object(call),
        settings=call.body.fields,
        record_id=call.body.id or call.new_id(),
        now=call.now,
    )
    return answer(_shown(call, await call.write(work, subject=_id)), 201)


async def _upsert(call: Call[FieldNames, UpsertRecord]) -> Response:
    work = partial(
        records.upsert,
        caller=call.caller,
        reference=_object(call),
        settings=call.body.fields,
        lookup_value=call.body.lookup_value,
        record_id=call.new_id(),
        now=call.now,
    )
    found, is_new = await call.write(work, subject=lambda upserted: _id(upserted[0]))
    return answer({**_shown(call, found), "action": "created" if is_new else "updated"}, 201 if is_new else 200)


async def _patch(call: Call[FieldNames, PatchRecord]) -> Response:
    work = partial(
        records.change,
        caller=call.caller,
        reference=_object(call),
        record_id=call.id_in_path(),
        settings=call.body.fields,
        now=call.now,
    )
    return answer(_shown(call, await call.write(work, subject=_id)))


async def _delete(call: Call[Query, None]) -> Response:
    work = partial(records.remove, business_id=call.business_id, reference=_object(call), record_id=call.id_in_path())
    await call.write(work, subject=lambda _: call.id_in_path())
    return Response(status_code=204)


def _id(found: Found) -> str:
    return str(found[0]["id"])


def _object(call: Call[Any, Any]) -> str:
    return call.path("object")


def _shown(call: Call[Any, Any], found: Found) -> dict[str, Any]:
    """Return the record, with only the fields that `field_names` asks for."""
    row, kind, fields = found
    wanted = set(call.query.field_names)
    shown = [field for field in fields if field["name"] in wanted] if wanted else fields
    return record_shape(row, kind, shown, call.caller)


_UPSERTED = (Says(200, "UpsertedRecord"), Says(201, "UpsertedRecord"))
PATHS: dict[str, Operations] = {
    "/api/records/{object}/lookup": {
        "GET": Operation("Find one record by its email or name", Scope.READ, _lookup, one("Record"), query=LookUp),
    },
    "/api/records/{object}/search": {
        "POST": Operation(
            "Search records",
            Scope.READ,
            _search,
            a_page_of("RecordRow"),
            query=ListRecords,
            body=SearchRecords,
            optional=True,
        ),
    },
    "/api/records/{object}/add": {
        "POST": Operation("Add a record", Scope.WRITE, _add, made("Record"), query=FieldNames, body=AddRecord),
    },
    "/api/records/{object}/upsert": {
        "POST": Operation(
            "Change the record of that email or name, or add it",
            Scope.WRITE,
            _upsert,
            _UPSERTED,
            query=FieldNames,
            body=UpsertRecord,
        ),
    },
    "/api/records/{object}/{id}": {
        "GET": Operation("Get a record", Scope.READ, _get, one("Record"), query=FieldNames),
        "PATCH": Operation(
            "Change fields of a record", Scope.WRITE, _patch, one("Record"), query=FieldNames, body=PatchRecord
        ),
        "DELETE": Operation("Delete a record", Scope.WRITE, _delete, nothing()),
    },
}

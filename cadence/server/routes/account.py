"""Objects, team, roles and business: the calls."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from cadence.server.bodies.account import (
    CreateEmployee,
    CreateField,
    CreateObject,
    CreateRole,
    PatchBusiness,
    PatchEmployee,
)
from cadence.server.bodies.query import Paged, Searched
from cadence.server.call import Call, answer
from cadence.server.operation import Operation, Operations, Says, a_list_of, a_page_of, made, one
from cadence.server.shape import business_shape, employee_shape, field_shape, object_shape, role_shape
from cadence.server.store import account
from cadence.server.store.keys import Scope
from cadence.server.store.records import fields_of, object_of

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.server.bodies.body import Query

__all__ = ["PATHS"]

_ID = itemgetter("id")


async def _objects(call: Call[Searched, None]) -> Response:
    page = call.query.which()
    work = partial(account.find_objects, business_id=call.business_id, search=call.query.search, page=page)
    rows, count = await call.read(work)
    return call.paged([object_shape(row) for row in rows], count, page)


async def _object(call: Call[Query, None]) -> Response:
    row = await call.read(partial(object_of, business_id=call.business_id, reference=call.path("reference")))
    return answer(object_shape(row))


async def _add_object(call: Call[Query, CreateObject]) -> Response:
    work = partial(
        account.add_object, business_id=call.business_id, body=call.body, object_id=call.new_id(), now=call.now
    )
    return answer(object_shape(await call.write(work, subject=_ID)), 201)


async def _fields(call: Call[Query, None]) -> Response:
    def work(connection: Connection) -> list[dict[str, Any]]:
        return fields_of(connection, object_of(connection, call.business_id, call.path("reference")))

    return answer([field_shape(row) for row in await call.read(work)])


async def _add_field(call: Call[Query, CreateField]) -> Response:
    work = partial(
        account.add_field,
        business_id=call.business_id,
        reference=call.path("reference"),
        body=call.body,
        field_id=call.new_id(),
    )
    return answer(field_shape(await call.write(work, subject=_ID)), 201)


async def _team(call: Call[Paged, None]) -> Response:
    """List the employees: a bare array of all, or pages where a page size is asked for."""
    page = call.query.which() if call.query.page_size else None
    rows, count = await call.read(partial(account.team, business_id=call.business_id, page=page))
    shapes = [employee_shape(row, roles) for row, roles in rows]
    return answer(shapes) if page is None else call.paged(shapes, count, page)


async def _typeahead(call: Call[Searched, None]) -> Response:
    page = call.query.which()
    work = partial(account.team, business_id=call.business_id, search=call.query.search, page=page)
    rows, count = await call.read(work)
    return call.paged([employee_shape(row, roles) for row, roles in rows], count, page)


async def _employee(call: Call[Query, None]) -> Response:
    work = partial(account.employee, business_id=call.business_id, employee_id=call.id_in_path())
    return answer(employee_shape(*await call.read(work)))


async def _add_employee(call: Call[Query, CreateEmployee]) -> Response:
    work = partial(
        account.add_employee,
        business_id=call.business_id,
        body=call.body,
        employee_id=call.body.id or call.new_id(),
        now=call.now,
    )
    return answer(employee_shape(*await call.write(work, subject=_employee_id)), 201)


async def _patch_employee(call: Call[Query, PatchEmployee]) -> Response:
    work = partial(
        account.change_employee,
        business_id=call.business_id,
        employee_id=call.id_in_path(),
        body=call.body,
        given=call.given,
    )
    return answer(employee_shape(*await call.write(work, subject=_employee_id)))


async def _roles(call: Call[Paged, None]) -> Response:
    page = call.query.which()
    rows, count = await call.read(partial(account.find_roles, business_id=call.business_id, page=page))
    return call.paged([role_shape(row) for row in rows], count, page)


async def _add_role(call: Call[Query, CreateRole]) -> Response:
    role_id = call.body.id or call.new_id()
    work = partial(account.add_role, business_id=call.business_id, body=call.body, role_id=role_id)
    return answer(role_shape(await call.write(work, subject=_ID)), 201)


async def _business(call: Call[Query, None]) -> Response:
    return answer(business_shape(await call.read(partial(account.business, business_id=call.business_id))))


async def _patch_business(call: Call[Query, PatchBusiness]) -> Response:
    work = partial(account.change_business, business_id=call.business_id, body=call.body, given=call.given)
    return answer(business_shape(await call.write(work, subject=_ID)))


def _employee_id(found: tuple[dict[str, Any], list[dict[str, Any]]]) -> str:
    return str(found[0]["id"])


_TEAM = (Says(200, "Employee", "list or page"),)
PATHS: dict[str, Operations] = {
    "/api/custom-objects": {
        "GET": Operation("List kinds of records", Scope.READ, _objects, a_page_of("Object"), query=Searched),
        "POST": Operation("Add a kind of record", Scope.ADMIN, _add_object, made("Object"), body=CreateObject),
    },
    "/api/custom-objects/{reference}": {"GET": Operation("Get a kind of record", Scope.READ, _object, one("Object"))},
    "/api/custom-objects/{reference}/fields": {
        "GET": Operation("List the fields of a kind of record", Scope.READ, _fields, a_list_of("Field")),
        "POST": Operation("Add a field to a kind of record", Scope.ADMIN, _add_field, made("Field"), body=CreateField),
    },
    "/api/team": {
        "GET": Operation("List employees", Scope.READ, _team, _TEAM, query=Paged),
        "POST": Operation("Add an employee", Scope.ADMIN, _add_employee, made("Employee"), body=CreateEmployee),
    },
    "/api/team/typeahead": {
        "GET": Operation(
            "Search employees by name and email", Scope.READ, _typeahead, a_page_of("Employee"), query=Searched
        ),
    },
    "/api/team/{id}": {
        "GET": Operation("Get an employee", Scope.READ, _employee, one("Employee")),
        "PATCH": Operation("Change an employee", Scope.ADMIN, _patch_employee, one("Employee"), body=PatchEmployee),
    },
    "/api/role": {
        "GET": Operation("List roles", Scope.READ, _roles, a_page_of("Role"), query=Paged),
        "POST": Operation("Add a role", Scope.ADMIN, _add_role, made("Role"), body=CreateRole),
    },
    "/api/business/mine": {
        "GET": Operation("Get the business", Scope.READ, _business, one("Business")),
        "PATCH": Operation("Change the business", Scope.ADMIN, _patch_business, one("Business"), body=PatchBusiness),
    },
}

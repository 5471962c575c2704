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
from cadence.server.call import Call, answer
from cadence.server.shape import business_shape, employee_shape, field_shape, object_shape, role_shape
from cadence.server.store import account
from cadence.server.store.keys import Scope
from cadence.server.store.records import fields_of, object_of

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.server.routes.resource import Handlers

__all__ = ["PATHS"]

_ID = itemgetter("id")


async def _objects(call: Call) -> Response:
    page = call.page
    work = partial(account.find_objects, business_id=call.business_id, search=call.query("search"), page=page)
    rows, count = await call.read(work)
    return call.paged([object_shape(row) for row in rows], count, page)


async def _object(call: Call) -> Response:
    row = await call.read(partial(object_of, business_id=call.business_id, reference=call.path("reference")))
    return answer(object_shape(row))


async def _add_object(call: Call) -> Response:
    body = await call.body(CreateObject)
    work = partial(account.add_object, business_id=call.business_id, body=body, object_id=call.new_id(), now=call.now)
    return answer(object_shape(await call.write(work, subject=_ID)), 201)


async def _fields(call: Call) -> Response:
    def work(connection: Connection) -> list[dict[str, Any]]:
        return fields_of(connection, object_of(connection, call.business_id, call.path("reference")))

    return answer([field_shape(row) for row in await call.read(work)])


async def _add_field(call: Call) -> Response:
    body = await call.body(CreateField)
    work = partial(
        account.add_field,
        business_id=call.business_id,
        reference=call.path("reference"),
        body=body,
        field_id=call.new_id(),
    )
    return answer(field_shape(await call.write(work, subject=_ID)), 201)


async def _team(call: Call) -> Response:
    """List the employees: a bare array of all, or pages where a page size is asked for."""
    page = call.page if "page_size" in call.request.query_params else None
    rows, count = await call.read(partial(account.team, business_id=call.business_id, page=page))
    shapes = [employee_shape(row, roles) for row, roles in rows]
    return answer(shapes) if page is None else call.paged(shapes, count, page)


async def _typeahead(call: Call) -> Response:
    page = call.page
    work = partial(account.team, business_id=call.business_id, search=call.query("search"), page=page)
    rows, count = await call.read(work)
    return call.paged([employee_shape(row, roles) for row, roles in rows], count, page)


async def _employee(call: Call) -> Response:
    work = partial(account.employee, business_id=call.business_id, employee_id=call.id_in_path())
    return answer(employee_shape(*await call.read(work)))


async def _add_employee(call: Call) -> Response:
    body = await call.body(CreateEmployee)
    work = partial(
        account.add_employee,
        business_id=call.business_id,
        body=body,
        employee_id=body.id or call.new_id(),
        now=call.now,
    )
    return answer(employee_shape(*await call.write(work, subject=_employee_id)), 201)


async def _patch_employee(call: Call) -> Response:
    body = await call.body(PatchEmployee)
    work = partial(
        account.change_employee,
        business_id=call.business_id,
        employee_id=call.id_in_path(),
        body=body,
        given=body.model_fields_set,
    )
    return answer(employee_shape(*await call.write(work, subject=_employee_id)))


async def _roles(call: Call) -> Response:
    page = call.page
    rows, count = await call.read(partial(account.find_roles, business_id=call.business_id, page=page))
    return call.paged([role_shape(row) for row in rows], count, page)


async def _add_role(call: Call) -> Response:
    body = await call.body(CreateRole)
    work = partial(account.add_role, business_id=call.business_id, body=body, role_id=body.id or call.new_id())
    return answer(role_shape(await call.write(work, subject=_ID)), 201)


async def _business(call: Call) -> Response:
    return answer(business_shape(await call.read(partial(account.business, business_id=call.business_id))))


async def _patch_business(call: Call) -> Response:
    body = await call.body(PatchBusiness)
    work = partial(account.change_business, business_id=call.business_id, body=body, given=body.model_fields_set)
    return answer(business_shape(await call.write(work, subject=_ID)))


def _employee_id(found: tuple[dict[str, Any], list[dict[str, Any]]]) -> str:
    return str(found[0]["id"])


PATHS: dict[str, Handlers] = {
    "/api/custom-objects": {"GET": (Scope.READ, _objects), "POST": (Scope.ADMIN, _add_object)},
    "/api/custom-objects/{reference}": {"GET": (Scope.READ, _object)},
    "/api/custom-objects/{reference}/fields": {"GET": (Scope.READ, _fields), "POST": (Scope.ADMIN, _add_field)},
    "/api/team": {"GET": (Scope.READ, _team), "POST": (Scope.ADMIN, _add_employee)},
    "/api/team/typeahead": {"GET": (Scope.READ, _typeahead)},
    "/api/team/{id}": {"GET": (Scope.READ, _employee), "PATCH": (Scope.ADMIN, _patch_employee)},
    "/api/role": {"GET": (Scope.READ, _roles), "POST": (Scope.ADMIN, _add_role)},
    "/api/business/mine": {"GET": (Scope.READ, _business), "PATCH": (Scope.ADMIN, _patch_business)},
}

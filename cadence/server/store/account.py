"""Business, team, roles and objects in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store.records import object_of
from cadence.server.store.schema import businesses, employee_roles, employees, object_fields, objects, roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Table

    from cadence.server.bodies.account import (
        CreateEmployee,
        CreateField,
        CreateObject,
        CreateRole,
        PatchBusiness,
        PatchEmployee,
    )
    from cadence.server.paging import Page

__all__ = [
    "Team", "add_employee", "add_field", "add_object", "add_role", "business", "change_business", "change_employee",
    "employee", "find_objects", "find_roles", "is_business", "team",
]  # fmt: skip

Row = dict[str, Any]
Team = list[tuple[Row, list[Row]]]
"""Employees, each with their roles."""


def is_business(connection: Connection, business_id: str) -> bool:
    """Return whether there is such a business."""
    return connection.execute(select(businesses.c.id).where(businesses.c.id == business_id)).first() is not None


def business(connection: Connection, business_id: str) -> Mapping[str, Any]:
    """Return the business."""
    return dict(connection.execute(select(businesses).where(businesses.c.id == business_id)).mappings().one())


def change_business(
    connection: Connection, business_id: str, body: PatchBusiness, *, given: Collection[str]
) -> Mapping[str, Any]:
    """Change the *given* fields and return the business."""
    values = body.model_dump(include=set(given))
    if values:
        connection.execute(update(businesses).where(businesses.c.id == business_id).values(values))
    return business(connection, business_id)


def team(connection: Connection, business_id: str, *, search: str = "", page: Page | None = None) -> tuple[Team, int]:
    """Return the employees by name, all or one page of them, and how many there are."""
    condition = employees.c.business_id == business_id
    if search:
        columns = (employees.c.display_name, employees.c.email)
        condition = and_(condition, or_(*(column.icontains(search, autoescape=True) for column in columns)))
    rows, count = _page(connection, employees, condition, employees.c.display_name, page=page)
    return _with_roles(connection, business_id, rows), count


def employee(connection: Connection, business_id: str, employee_id: str) -> tuple[Row, list[Row]]:
    """Return one employee with their roles. Raises Problem."""
    row = connection.execute(select(employees).where(_own(employees, business_id, employee_id))).mappings().first()
    if row is None:
        raise Problem.not_found()
    return _with_roles(connection, business_id, [dict(row)])[0]


def add_employee(
    connection: Connection, business_id: str, body: CreateEmployee, *, employee_id: str, now: datetime
) -> tuple[Row, list[Row]]:
    """Add an employee and return them. Raises Problem for an id or an email that is taken, or an unknown role."""
    _check_free(connection, employees, business_id, employee_id)
    _check_email(connection, business_id, body.email, besides=employee_id)
    values = body.model_dump(mode="json", exclude={"id", "roles"})
    stamp = micros(now)
    connection.execute(insert(employees).values(**values, business_id=business_id, id=employee_id, created_at=stamp))
    _set_roles(connection, business_id, employee_id, body.roles)
    return employee(connection, business_id, employee_id)


def change_employee(
    connection: Connection, business_id: str, employee_id: str, body: PatchEmployee, *, given: Collection[str]
) -> tuple[Row, list[Row]]:
    """Change the *given* fields and return the employee. Raises Problem."""
    employee(connection, business_id, employee_id)
    _check_email(connection, business_id, body.email, besides=employee_id)
    values = body.model_dump(mode="json", include=set(given) - {"roles"})
    if values:
        connection.execute(update(employees).where(_own(employees, business_id, employee_id)).values(values))
    if "roles" in given:
        _set_roles(connection, business_id, employee_id, body.roles)
    return employee(connection, business_id, employee_id)


def find_roles(connection: Connection, business_id: str, page: Page) -> tuple[list[Row], int]:
    """Return one page of the roles, by name, and how many there are."""
    return _page(connection, roles, roles.c.business_id == business_id, roles.c.name, page=page)


def add_role(connection: Connection, business_id: str, body: CreateRole, *, role_id: str) -> Row:
    """Add a role and return it. Raises Problem for an id or a name that is taken."""
    _check_free(connection, roles, business_id, role_id)
    _check_name(connection, roles, business_id, body.name)
    row = {"business_id": business_id, "id": role_id, "name": body.name}
    connection.execute(insert(roles).values(row))
    return row


def find_objects(connection: Connection, business_id: str, *, search: str, page: Page) -> tuple[list[Row], int]:
    """Return one page of the objects, by name, and how many there are."""
    condition = objects.c.business_id == business_id
    if search:
        condition = and_(condition, objects.c.display_name.icontains(search, autoescape=True))
    return _page(connection, objects, condition, objects.c.name, page=page)


def add_object(connection: Connection, business_id: str, body: CreateObject, *, object_id: str, now: datetime) -> Row:
    """Add a kind of record and return it. Raises Problem for a name that is taken."""
    _check_name(connection, objects, business_id, body.name)
    row = {
        "business_id": business_id,
        "id": object_id,
        "name": body.name,
        "display_name": body.display_name or body.name,
        "created_at": micros(now),
    }
    connection.execute(insert(objects).values(row))
    return row


def add_field(connection: Connection, business_id: str, reference: str, body: CreateField, *, field_id: str) -> Row:
    """Add a field to an object and return it. Raises Problem for a name that is taken."""
    kind = object_of(connection, business_id, reference)
    taken = and_(object_fields.c.object_id == kind["id"], object_fields.c.name == body.name)
    if connection.execute(select(object_fields.c.id).where(object_fields.c.business_id == business_id, taken)).first():
        raise Problem.invalid("name", f"'{body.name}' exists already.", "unique")
    row = {
        "business_id": business_id,
        "id": field_id,
        "object_id": kind["id"],
        "name": body.name,
        "display_name": body.display_name or body.name,
        "field_type": body.field_type,
    }
    connection.execute(insert(object_fields).values(row))
    return row


def _own(table: Table, business_id: str, row_id: str) -> ColumnElement[bool]:
    return and_(table.c.business_id == business_id, table.c.id == row_id)


def _page(
    connection: Connection, table: Table, condition: ColumnElement[bool], order: Any, *, page: Page | None
) -> tuple[list[Row], int]:
    count = connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
    query = select(table).where(condition).order_by(order, table.c.id)
    if page is not None:
        query = query.limit(page.size).offset(page.offset)
    return [dict(row) for row in connection.execute(query).mappings()], count


def _with_roles(connection: Connection, business_id: str, rows: list[Row]) -> Team:
    query = (
        select(employee_roles.c.employee_id, roles)
        .join(roles, and_(roles.c.business_id == employee_roles.c.business_id, roles.c.id == employee_roles.c.role_id))
        .where(
            employee_roles.c.business_id == business_id,
            employee_roles.c.employee_id.in_([row["id"] for row in rows]),
        )
        .order_by(roles.c.name)
    )
    held: dict[str, list[Row]] = {row["id"]: [] for row in rows}
    for role in connection.execute(query).mappings():
        held[role["employee_id"]].append(dict(role))
    return [(row, held[row["id"]]) for row in rows]


def _set_roles(connection: Connection, business_id: str, employee_id: str, named: Iterable[str]) -> None:
    """Give exactly these roles, each by id or name. Raises Problem for one that does not exist."""
    own = and_(employee_roles.c.business_id == business_id, employee_roles.c.employee_id == employee_id)
    connection.execute(delete(employee_roles).where(own))
    rows = [
        {"business_id": business_id, "employee_id": employee_id, "role_id": role_id}
        for role_id in dict.fromkeys(_role_id(connection, business_id, reference) for reference in named)
    ]
    if rows:
        connection.execute(insert(employee_roles), rows)


def _role_id(connection: Connection, business_id: str, reference: str) -> str:
    named = or_(roles.c.id == reference, roles.c.name == reference)
    found = connection.execute(select(roles.c.id).where(roles.c.business_id == business_id, named)).scalar()
    if found is None:
        raise Problem.does_not_exist("roles", "Role", reference)
    return str(found)


def _check_free(connection: Connection, table: Table, business_id: str, row_id: str) -> None:
    if connection.execute(select(table.c.id).where(_own(table, business_id, row_id))).first():
        raise Problem.invalid("id", f"'{row_id}' exists already.", "unique")


def _check_name(connection: Connection, table: Table, business_id: str, name: str) -> None:
    taken = and_(table.c.business_id == business_id, table.c.name == name)
    if connection.execute(select(table.c.id).where(taken)).first():
        raise Problem.invalid("name", f"'{name}' exists already.", "unique")


def _check_email(connection: Connection, business_id: str, email: str, *, besides: str) -> None:
    if not email:
        return
    taken = and_(func.lower(employees.c.email) == email.lower(), employees.c.id != besides)
    if connection.execute(select(employees.c.id).where(employees.c.business_id == business_id, taken)).first():
        raise Problem.invalid("email", f"An employee with the email '{email}' exists already.", "unique")

"""Scheduled activities in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, select, update

from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store.references import References
from cadence.server.store.resolve import check_association, find_entities, find_type, named_people, named_type
from cadence.server.store.schema import entities, scheduled_activities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from cadence.server.bodies.scheduled import CreateScheduled, PatchScheduled, SearchScheduled
    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller

__all__ = ["Scheduled", "change", "create", "find", "load", "remove"]

Scheduled = tuple[list[dict[str, Any]], References]
"""Rows, each with its `entities`, and what they refer to."""

_TABLE = scheduled_activities
_INSERT = insert(_TABLE)
_LINK = insert(entities)


def create(
    connection: Connection, caller: Caller, body: CreateScheduled, *, activity_id: str, now: datetime
) -> Scheduled:
    """Add a scheduled activity and return it. Raises Problem for what it names and is not there."""
    kind = named_type(connection, caller.business_id, body)
    people = named_people(connection, caller.business_id, body)
    pairs = find_entities(connection, caller.business_id, "associated_entities", body.associated_entities)
    check_association(kind, "associated_entities", pairs)
    row = {
        "id": activity_id,
        "business_id": caller.business_id,
        "type_id": kind["id"],
        "original_due_at": micros(body.original_due_datetime or body.due_datetime),
        "created_at": micros(now),
        "created_by": caller.user_id,
        "updated_at": micros(now),
        "completed_at": None,
        "logged_id": None,
        **_values(body),
    }
    connection.execute(_INSERT, row)
    linked = [(found_object["id"], record["id"]) for found_object, record in pairs]
    _link(connection, caller.business_id, activity_id, linked)
    found = References(
        types={kind["id"]: kind},
        employees=people.employees,
        roles=people.roles,
        objects={found_object["id"]: found_object for found_object, _ in pairs},
        records={record["id"]: record for _, record in pairs},
    )
    return [{**row, "entities": linked}], found


def load(connection: Connection, business_id: str, activity_id: str) -> Scheduled:
    """Return one scheduled activity. Raises Problem where it is absent or another business's."""
    rows = _with_entities(connection, select(_TABLE).where(_own(business_id, activity_id)))
    if not rows:
        raise Problem.not_found()
    return rows, References.of(connection, business_id, rows)


def change(
    connection: Connection, caller: Caller, activity_id: str, body: PatchScheduled, *, given: set[str], now: datetime
) -> Scheduled:
    """Change the *given* fields and return the activity. Raises Problem, also for another type."""
    (row,), _ = load(connection, caller.business_id, activity_id)
    kind = _unchanged_type(connection, caller.business_id, row, body)
    named_people(connection, caller.business_id, body)
    values = {name: value for name, value in _values(body).items() if _FIELDS[name] in given}
    if body.original_due_datetime is not None:
        values["original_due_at"] = micros(body.original_due_datetime)
    values["updated_at"] = micros(now)
    connection.execute(update(_TABLE).where(_own(caller.business_id, activity_id)).values(values))
    if "associated_entities" in given:
        pairs = find_entities(connection, caller.business_id, "associated_entities", body.associated_entities)
        check_association(kind, "associated_entities", pairs)
        connection.execute(delete(entities).where(entities.c.activity_id == activity_id))
        linked = [(found_object["id"], record["id"]) for found_object, record in pairs]
        _link(connection, caller.business_id, activity_id, linked)
    return load(connection, caller.business_id, activity_id)


def remove(connection: Connection, business_id: str, activity_id: str) -> None:
    """Delete a scheduled activity. Raises Problem where it is absent."""
    if connection.execute(delete(_TABLE).where(_own(business_id, activity_id))).rowcount == 0:
        raise Problem.not_found()


def find(connection: Connection, caller: Caller, filters: SearchScheduled, page: Page) -> tuple[Scheduled, int]:
    """Return one page of what passes *filters*, and how many pass in all. Raises Problem for an unknown type."""
    condition = and_(*_conditions(connection, caller, filters))
    count = connection.execute(select(func.count()).select_from(_TABLE).where(condition)).scalar_one()
    query = select(_TABLE).where(condition).order_by(*_order(filters.ordering)).limit(page.size).offset(page.offset)
    rows = _with_entities(connection, query)
    return (rows, References.of(connection, caller.business_id, rows)), count


_FIELDS = {
    "due_at": "due_datetime",
    "employee_id": "employee_id",
    "role_id": "role_id",
    "note": "note",
    "mentions": "mentions",
    "notify_mentioned": "notify_mentioned",
    "notifications": "notifications",
}


def _values(body: PatchScheduled) -> dict[str, Any]:
    return {
        "due_at": micros(body.due_datetime) if "due_datetime" in body.model_fields_set else None,
        "employee_id": body.employee_id,
        "role_id": body.role_id,
        "note": body.note or "",
        "mentions": body.mentions,
        "notify_mentioned": body.notify_mentioned,
        "notifications": [reminder.model_dump() for reminder in body.notifications],
    }


def _unchanged_type(
    connection: Connection, business_id: str, row: Mapping[str, Any], body: PatchScheduled
) -> Mapping[str, Any]:
    if body.activity_object_id is None and body.activity_object_name is None:
        return References.of(connection, business_id, [row]).types[row["type_id"]]
    kind = named_type(connection, business_id, body)
    if kind["id"] != row["type_id"]:
        field = "activity_object_id" if body.activity_object_id else "activity_object_name"
        raise Problem.invalid(field, "The activity object of a scheduled activity cannot be changed.", "create_only")
    return kind


def _link(connection: Connection, business_id: str, activity_id: str, linked: Sequence[tuple[str, str]]) -> None:
    rows = [
        {"activity_id": activity_id, "object_id": object_id, "business_id": business_id, "record_id": record_id}
        for object_id, record_id in linked
    ]
    if rows:
        connection.execute(_LINK, rows)


def _with_entities(connection: Connection, query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{**row, "entities": []} for row in connection.execute(query).mappings()]
    if rows:
        own = {row["id"]: row for row in rows}
        linked = select(entities).where(entities.c.activity_id.in_(own)).order_by(entities.c.object_id)
        for link in connection.execute(linked):
            own[link.activity_id]["entities"].append((link.object_id, link.record_id))
    return rows


def _own(business_id: str, activity_id: str) -> ColumnElement[bool]:
    return and_(_TABLE.c.business_id == business_id, _TABLE.c.id == activity_id)


def _conditions(connection: Connection, caller: Caller, filters: SearchScheduled) -> list[ColumnElement[bool]]:
    conditions = [_TABLE.c.business_id == caller.business_id]
    reference = filters.activity_id or filters.activity_name
    if reference is not None:
        kind = find_type(connection, caller.business_id, reference)
        if kind is None:
            field = "activity_id" if filters.activity_id else "activity_name"
            raise Problem.does_not_exist(field, "Activity object", reference)
        conditions.append(_TABLE.c.type_id == kind["id"])
    if filters.from_date is not None:
        conditions.append(_TABLE.c.due_at >= micros(filters.from_date))
    if filters.to_date is not None:
        conditions.append(_TABLE.c.due_at <= micros(filters.to_date))
    if filters.employee_ids:
        conditions.append(_TABLE.c.employee_id.in_(filters.employee_ids))
    if filters.role_ids:
        conditions.append(_TABLE.c.role_id.in_(filters.role_ids))
    if filters.assigned_to_me:
        conditions.append(_TABLE.c.employee_id == caller.user_id)
    if filters.completed is not None:
        conditions.append(_TABLE.c.completed_at.is_not(None) if filters.completed else _TABLE.c.completed_at.is_(None))
    if filters.search:
        conditions.append(_TABLE.c.note.icontains(filters.search, autoescape=True))
    return conditions


def _order(ordering: str) -> tuple[Any, ...]:
    column = _TABLE.c.due_at if ordering.endswith("due_datetime") else _TABLE.c.completed_at
    if ordering.startswith("-"):
        return column.desc().nulls_last() if column is _TABLE.c.completed_at else column.desc(), _TABLE.c.id.desc()
    return column.asc().nulls_last() if column is _TABLE.c.completed_at else column.asc(), _TABLE.c.id.asc()

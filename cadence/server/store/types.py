"""Activity types in SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from cadence.model.people import stable_id
from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store import totals
from cadence.server.store.references import by_id
from cadence.server.store.resolve import find_type
from cadence.server.store.schema import activity_types, objects

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.bodies.account import CreateType, PatchType
    from cadence.server.paging import Page

__all__ = ["change", "create", "find", "load", "notes_field", "remove", "submissions"]

_TABLE = activity_types
_RESERVED = frozenset({"logged", "scheduled-activity"})


def find(
    connection: Connection, business_id: str, *, search: str, object_id: str | None, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """Return one page of the types, by name, and how many there are; *object_id* keeps those that allow that object."""
    living = and_(_TABLE.c.business_id == business_id, _TABLE.c.deleted_at.is_(None))
    if search:
        living = and_(living, _TABLE.c.name.icontains(search, autoescape=True))
    query = select(_TABLE).where(living).order_by(_TABLE.c.name, _TABLE.c.id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    rows = [row for row in rows if _allows(row, object_id)]
    return rows[page.offset : page.offset + page.size], len(rows)


def load(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any]:
    """Return the type with that id or api_name. Raises Problem."""
    kind = find_type(connection, business_id, reference)
    if kind is None:
        raise Problem.not_found()
    return kind


def notes_field(type_id: str) -> str:
    """Return the id of the one field that every type has: its notes."""
    return stable_id("activity-field", f"{type_id}:notes")


def submissions(connection: Connection, business_id: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many activities of each type were logged."""
    ids = [row["id"] for row in rows]
    amounts = totals.amounts_of(connection, business_id, [totals.of_type(type_id) for type_id in ids])
    return {type_id: amounts[totals.of_type(type_id)] for type_id in ids}


def create(
    connection: Connection, business_id: str, body: CreateType, *, type_id: str, now: datetime
) -> Mapping[str, Any]:
    """Add a type and return it; its api_name may differ from the one asked for. Raises Problem."""
    _check_objects(connection, business_id, body)
    row = {
        **body.model_dump(),
        "business_id": business_id,
        "id": type_id,
        "api_name": _free_name(connection, business_id, body.api_name or body.name),
        "created_at": micros(now),
        "deleted_at": None,
    }
    connection.execute(insert(_TABLE).values(row))
    return row


def change(
    connection: Connection, business_id: str, reference: str, body: PatchType, *, given: Collection[str]
) -> Mapping[str, Any]:
    """Change the *given* fields and return the type. Raises Problem."""
    kind = load(connection, business_id, reference)
    _check_objects(connection, business_id, body)
    values = body.model_dump(include=set(given))
    if values:
        connection.execute(update(_TABLE).where(_own(business_id, kind["id"])).values(values))
    return {**kind, **values}


def remove(connection: Connection, business_id: str, reference: str, *, now: datetime) -> Mapping[str, Any]:
    """Delete a type and return it: it can no longer be used, and the activities of it stay. Raises Problem."""
    kind = load(connection, business_id, reference)
    connection.execute(update(_TABLE).where(_own(business_id, kind["id"])).values(deleted_at=micros(now)))
    return kind


def _own(business_id: str, type_id: str) -> Any:
    return and_(_TABLE.c.business_id == business_id, _TABLE.c.id == type_id)


def _allows(row: Mapping[str, Any], object_id: str | None) -> bool:
    if object_id is None or row["association_mode"] == "all_objects_associated":
        return True
    return row["association_mode"] == "selected_objects_associated" and object_id in row["custom_objects"]


def _check_objects(connection: Connection, business_id: str, body: PatchType) -> None:
    known = by_id(connection, objects, business_id, body.custom_objects)
    for object_id in body.custom_objects:
        if object_id not in known:
            raise Problem.does_not_exist("custom_objects", "Custom object", object_id)


def _free_name(connection: Connection, business_id: str, wanted: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[:90] or "activity"
    query = select(_TABLE.c.api_name).where(
        _TABLE.c.business_id == business_id, _TABLE.c.api_name.startswith(stem, autoescape=True)
    )
    taken = {*connection.execute(query).scalars(), *_RESERVED}
    names = [stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)

"""Checks of what a body names: it must exist in the caller's business, and be allowed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Select, Table, bindparam, or_, select

from cadence.server.problem import Problem
from cadence.server.store.references import References, by_id
from cadence.server.store.schema import activity_types, employees, objects, records, roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from cadence.server.bodies.scheduled import Entity, PatchScheduled, Reference

__all__ = [
    "check_association", "check_employees", "find_entities", "find_object", "find_type", "named_people", "named_type",
]  # fmt: skip

Pairs = list[tuple["Mapping[str, Any]", "Mapping[str, Any]"]]


def find_type(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the living activity type with that id or api_name."""
    found = _first(connection, _TYPE, business_id, reference)
    return found if found and found["deleted_at"] is None else None


def find_object(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the object with that id or name."""
    return _first(connection, _OBJECT, business_id, reference)


def named_type(connection: Connection, business_id: str, body: PatchScheduled) -> Mapping[str, Any]:
    """Return the type that *body* names by id or by name; where by both, they must agree. Raises Problem."""
    found = None
    for name in ("activity_object_id", "activity_object_name"):
        reference = getattr(body, name)
        if reference is None:
            continue
        named = find_type(connection, business_id, reference)
        if named is None:
            raise Problem.does_not_exist(name, "Activity object", reference)
        if found is not None and found["id"] != named["id"]:
            raise Problem.invalid(name, "The id and the name are those of two activity objects.")
        found = named
    if found is None:
        raise Problem(400, {"activity_object_id": ["This field is required, or activity_object_name."]})
    return found


def named_people(connection: Connection, business_id: str, body: PatchScheduled) -> References:
    """Return assignee, role and mentioned. Raises Problem for one that does not exist."""
    people = by_id(connection, employees, business_id, [body.employee_id, *body.mentions])
    _check("employee_id", "Employee", [body.employee_id], people)
    _check("mentions", "Employee", body.mentions, people)
    held = by_id(connection, roles, business_id, [body.role_id])
    _check("role_id", "Role", [body.role_id], held)
    return References(employees=people, roles=held)


def check_employees(connection: Connection, business_id: str, field: str, ids: Sequence[str]) -> None:
    """Raise Problem for an employee that does not exist."""
    _check(field, "Employee", ids, by_id(connection, employees, business_id, ids))


def find_entities(connection: Connection, business_id: str, field: str, named: Iterable[Entity]) -> Pairs:
    """Return object and record of each entity. Raises Problem where one does not exist, or an object comes twice."""
    pairs: Pairs = []
    for entity in named:
        found_object = find_object(connection, business_id, _shown(entity.custom_object))
        if found_object is None:
            raise Problem.does_not_exist(field, "Custom object", _shown(entity.custom_object))
        by_id_or_name = _RECORD_BY_ID if entity.entity_id.id is not None else _RECORD_BY_NAME
        record = _first(connection, by_id_or_name, business_id, _shown(entity.entity_id))
        if record is None or record["object_id"] != found_object["id"]:
            raise Problem.does_not_exist(field, "Entity", _shown(entity.entity_id))
        if any(found_object["id"] == other["id"] for other, _ in pairs):
            raise Problem.invalid(field, "At most one record of each object may be associated.")
        pairs.append((found_object, record))
    return pairs


def check_association(kind: Mapping[str, Any], field: str, pairs: Pairs) -> None:
    """Raise Problem for a record of an object that the activity type does not allow."""
    allowed: set[str] | None = None
    if kind["association_mode"] == "no_objects_associated":
        allowed = set()
    elif kind["association_mode"] == "selected_objects_associated":
        allowed = set(kind["custom_objects"])
    for found_object, _ in pairs:
        if allowed is not None and found_object["id"] not in allowed:
            raise Problem.invalid(
                field,
                f"Records of '{found_object['name']}' cannot be associated with activities of '{kind['api_name']}'.",
                "association_not_allowed",
            )


def _by(table: Table, *columns: Column[Any]) -> Select[Any]:
    """Return the query for what any of *columns* names; built once, as in `references`."""
    named = or_(*(column == bindparam("reference") for column in columns))
    return select(table).where(table.c.business_id == bindparam("business"), named).limit(1)


_TYPE = _by(activity_types, activity_types.c.id, activity_types.c.api_name)
_OBJECT = _by(objects, objects.c.id, objects.c.name)
_RECORD_BY_ID = _by(records, records.c.id)
_RECORD_BY_NAME = _by(records, records.c.lookup)


def _first(connection: Connection, query: Select[Any], business_id: str, reference: str) -> dict[str, Any] | None:
    row = connection.execute(query, {"business": business_id, "reference": reference}).mappings().first()
    return None if row is None else dict(row)


def _check(field: str, kind: str, ids: Iterable[str | None], found: Mapping[str, Any]) -> None:
    for row_id in ids:
        if row_id is not None and row_id not in found:
            raise Problem.does_not_exist(field, kind, row_id)


def _shown(reference: Reference) -> str:
    return reference.id or reference.name or ""

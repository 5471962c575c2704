"""Checks of what a body names: it must exist in the caller's business, and be allowed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from cadence.server.problem import Problem
from cadence.server.store.references import by_id
from cadence.server.store.schema import activity_types, employees, objects, records, roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from cadence.server.bodies.scheduled import Entity, PatchScheduled, Reference

__all__ = ["check_association", "check_people", "find_entities", "find_object", "find_type", "named_type"]

Found = "Mapping[str, Any]"
Pairs = list[tuple["Mapping[str, Any]", "Mapping[str, Any]"]]


def find_type(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the living activity type with that id or api_name."""
    table = activity_types
    found = _find(connection, table, business_id, (table.c.id == reference) | (table.c.api_name == reference))
    return found if found and found["deleted_at"] is None else None


def find_object(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the object with that id or name."""
    return _find(connection, objects, business_id, (objects.c.id == reference) | (objects.c.name == reference))


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


def check_people(connection: Connection, business_id: str, body: PatchScheduled) -> None:
    """Raise Problem for an assignee, role or mention that does not exist."""
    people = by_id(connection, employees, business_id, [body.employee_id, *body.mentions])
    _check("employee_id", "Employee", [body.employee_id], people)
    _check("mentions", "Employee", body.mentions, people)
    _check("role_id", "Role", [body.role_id], by_id(connection, roles, business_id, [body.role_id]))


def check_employees(connection: Connection, business_id: str, field: str, ids: Sequence[str]) -> None:
    """Raise Problem for an employee that does not exist."""
    _check(field, "Employee", ids, by_id(connection, employees, business_id, ids))


def find_entities(connection: Connection, business_id: str, field: str, named: Iterable[Entity]) -> Pairs:
    """Return object and record of each entity. Raises Problem where one does not exist, or an object comes twice."""
    pairs: Pairs = []
    for entity in named:
        found_object = _referred(connection, objects, business_id, entity.custom_object, objects.c.name)
        if found_object is None:
            raise Problem.does_not_exist(field, "Custom object", _shown(entity.custom_object))
        record = _referred(connection, records, business_id, entity.entity_id, records.c.lookup)
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


def _find(connection: Connection, table: Table, business_id: str, condition: Any) -> Mapping[str, Any] | None:
    row = connection.execute(select(table).where(table.c.business_id == business_id, condition)).mappings().first()
    return None if row is None else dict(row)


def _referred(
    connection: Connection, table: Table, business_id: str, reference: Reference, name_column: Any
) -> Mapping[str, Any] | None:
    condition = table.c.id == reference.id if reference.id is not None else name_column == reference.name
    return _find(connection, table, business_id, condition)


def _check(field: str, kind: str, ids: Iterable[str | None], found: Mapping[str, Any]) -> None:
    for row_id in ids:
        if row_id is not None and row_id not in found:
            raise Problem.does_not_exist(field, kind, row_id)


def _shown(reference: Reference) -> str:
    return reference.id or reference.name or ""

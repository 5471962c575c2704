"""Checks of what bodies name: it must exist in the caller's business, and be allowed together."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.server.problem import Problem
from cadence.server.store.references import References, Rows, by_id, found_by
from cadence.server.store.schema import activity_types, employees, objects, records, roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from cadence.server.bodies.logged import LogActivity
    from cadence.server.bodies.scheduled import Entity, PatchScheduled, Reference

__all__ = ["Names", "Pairs", "check_association", "find_object", "find_type"]

Pairs = list[tuple["Mapping[str, Any]", "Mapping[str, Any]"]]
"""Objects, each with a record of it."""


@dataclass(frozen=True, slots=True)
class Names:
    """What some bodies name of one business, read at once: types and objects by id and by name, the rest by id."""

    types: Rows = field(default_factory=dict)
    employees: Rows = field(default_factory=dict)
    roles: Rows = field(default_factory=dict)
    objects: Rows = field(default_factory=dict)
    records: Rows = field(default_factory=dict)
    records_by_name: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def in_scheduled(cls, connection: Connection, business_id: str, bodies: Sequence[PatchScheduled]) -> Names:
        """Read what bodies of scheduled activities name."""
        named = [body.activity_object_id for body in bodies] + [body.activity_object_name for body in bodies]
        return cls._read(
            connection,
            business_id,
            types=_both(connection, business_id, activity_types.c.id, activity_types.c.api_name, wanted=named),
            people=[person for body in bodies for person in (body.employee_id, *body.mentions)],
            held=[body.role_id for body in bodies],
            linked=[entity for body in bodies for entity in body.associated_entities],
        )

    @classmethod
    def in_logged(cls, connection: Connection, business_id: str, body: LogActivity) -> Names:
        """Read what the body of a logged activity names."""
        return cls._read(connection, business_id, types={}, people=body.mentions, held=[], linked=body.related_objects)

    @classmethod
    def _read(
        cls,
        connection: Connection,
        business_id: str,
        *,
        types: Rows,
        people: Iterable[str | None],
        held: Iterable[str | None],
        linked: Sequence[Entity],
    ) -> Names:
        kinds = [_shown(entity.custom_object) for entity in linked]
        by_name = found_by(connection, records.c.lookup, business_id, (entity.entity_id.name for entity in linked))
        return cls(
            types=types,
            employees=by_id(connection, employees, business_id, people),
            roles=by_id(connection, roles, business_id, held),
            objects=_both(connection, business_id, objects.c.id, objects.c.name, wanted=kinds),
            records=by_id(connection, records, business_id, (entity.entity_id.id for entity in linked)),
            records_by_name={(row["object_id"], row["lookup"]): row for row in by_name},
        )

    def type_of(self, body: PatchScheduled) -> Mapping[str, Any]:
        """Return the type that *body* names by id or by name; where by both, they must agree. Raises Problem."""
        found = None
        for name in ("activity_object_id", "activity_object_name"):
            reference = getattr(body, name)
            if reference is None:
                continue
            named = self.types.get(reference)
            if named is None or named["deleted_at"] is not None:
                raise Problem.does_not_exist(name, "Activity object", reference)
            if found is not None and found["id"] != named["id"]:
                raise Problem.invalid(name, "The id and the name are those of two activity objects.")
            found = named
        if found is None:
            raise Problem(400, {"activity_object_id": ["This field is required, or activity_object_name."]})
        return found

    def check_people(self, body: PatchScheduled) -> None:
        """Raise Problem where assignee, role or somebody mentioned does not exist."""
        _check("employee_id", "Employee", [body.employee_id], self.employees)
        _check("mentions", "Employee", body.mentions, self.employees)
        _check("role_id", "Role", [body.role_id], self.roles)

    def check_mentions(self, body: LogActivity) -> None:
        """Raise Problem where somebody mentioned does not exist."""
        _check("mentions", "Employee", body.mentions, self.employees)

    def pairs(self, place: str, linked: Iterable[Entity]) -> Pairs:
        """Return object and record of each entity. Raises Problem where one is missing, or an object comes twice."""
        pairs: Pairs = []
        for entity in linked:
            kind = self.objects.get(_shown(entity.custom_object))
            if kind is None:
                raise Problem.does_not_exist(place, "Custom object", _shown(entity.custom_object))
            record = self._record(kind["id"], entity.entity_id)
            if record is None:
                raise Problem.does_not_exist(place, "Entity", _shown(entity.entity_id))
            if any(kind["id"] == other["id"] for other, _ in pairs):
                raise Problem.invalid(place, "At most one record of each object may be associated.")
            pairs.append((kind, record))
        return pairs

    def references(self, kind: Mapping[str, Any], pairs: Pairs) -> References:
        """Return what an activity of *kind* refers to that belongs to *pairs*."""
        return References(
            types={kind["id"]: kind},
            employees=self.employees,
            roles=self.roles,
            objects={found["id"]: found for found, _ in pairs},
            records={record["id"]: record for _, record in pairs},
        )

    def _record(self, object_id: str, reference: Reference) -> Mapping[str, Any] | None:
        if reference.id is None:
            return self.records_by_name.get((object_id, reference.name or ""))
        record = self.records.get(reference.id)
        return record if record is not None and record["object_id"] == object_id else None


def find_type(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the living activity type with that id or api_name."""
    columns = (activity_types.c.id, activity_types.c.api_name)
    found = _both(connection, business_id, *columns, wanted=[reference]).get(reference)
    return found if found and found["deleted_at"] is None else None


def find_object(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any] | None:
    """Return the object with that id or name."""
    return _both(connection, business_id, objects.c.id, objects.c.name, wanted=[reference]).get(reference)


def check_association(kind: Mapping[str, Any], place: str, pairs: Pairs) -> None:
    """Raise Problem for a record of an object that the activity type does not allow."""
    allowed: set[str] | None = None
    if kind["association_mode"] == "no_objects_associated":
        allowed = set()
    elif kind["association_mode"] == "selected_objects_associated":
        allowed = set(kind["custom_objects"])
    for found, _ in pairs:
        if allowed is not None and found["id"] not in allowed:
            raise Problem.invalid(
                place,
                f"Records of '{found['name']}' cannot be associated with activities of '{kind['api_name']}'.",
                "association_not_allowed",
            )


def _both(
    connection: Connection, business_id: str, *columns: Any, wanted: Sequence[str | None]
) -> dict[str, Mapping[str, Any]]:
    """Return rows by whichever of *columns* has one of *wanted*."""
    return {row[column.name]: row for column in columns for row in found_by(connection, column, business_id, wanted)}


def _check(place: str, kind: str, ids: Iterable[str | None], found: Mapping[str, Any]) -> None:
    for row_id in ids:
        if row_id is not None and row_id not in found:
            raise Problem.does_not_exist(place, kind, row_id)


def _shown(reference: Reference) -> str:
    return reference.id or reference.name or ""

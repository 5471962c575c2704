"""What scheduled and logged activities refer to, found by id in a few queries however many activities there are."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, bindparam, select

from cadence.frozen import dataclass
from cadence.server.store.schema import activity_types, employees, objects, records, roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

__all__ = ["References", "by_id"]

Rows = dict[str, "Mapping[str, Any]"]


@dataclass(frozen=True, slots=True)
class References:
    """Rows by id; what is not there does not exist in this business."""

    types: Rows = field(default_factory=dict)
    employees: Rows = field(default_factory=dict)
    roles: Rows = field(default_factory=dict)
    objects: Rows = field(default_factory=dict)
    records: Rows = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, business_id: str, rows: Iterable[Mapping[str, Any]]) -> References:
        """Return what *rows* refer to by `type_id`, `employee_id`, `role_id` and `entities` (pairs of ids)."""
        listed = list(rows)
        pairs = [pair for row in listed for pair in row["entities"]]

        def find(table: Table, ids: Iterable[str | None]) -> Rows:
            return by_id(connection, table, business_id, ids)

        return cls(
            types=find(activity_types, (row["type_id"] for row in listed)),
            employees=find(employees, (row.get("employee_id") for row in listed)),
            roles=find(roles, (row.get("role_id") for row in listed)),
            objects=find(objects, (object_id for object_id, _ in pairs)),
            records=find(records, (record_id for _, record_id in pairs)),
        )


def by_id(connection: Connection, table: Table, business_id: str, ids: Iterable[str | None]) -> Rows:
    """Return the rows of *table* with these ids, by id."""
    wanted = {row_id for row_id in ids if row_id}
    if not wanted:
        return {}
    found = connection.execute(_BY_ID[table.name], {"business": business_id, "ids": list(wanted)})
    return {row["id"]: dict(row) for row in found.mappings()}


def _by_id(table: Table) -> Select[Any]:
    return select(table).where(
        table.c.business_id == bindparam("business"), table.c.id.in_(bindparam("ids", expanding=True))
    )


# Built once: putting a statement together takes SQLAlchemy as long as SQLite takes to answer it.
_BY_ID = {table.name: _by_id(table) for table in (activity_types, employees, objects, records, roles)}

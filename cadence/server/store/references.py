"""What scheduled and logged activities refer to, found by id in a few queries however many activities there are."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from cadence.frozen import dataclass
from cadence.server.store.schema import activity_types, employees, objects, records, roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Column, Connection, Select, Table

__all__ = ["References", "Rows", "by_id", "found_by"]

Row = "Mapping[str, Any]"
Rows = dict[str, "Mapping[str, Any]"]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class References:
    """Rows by id; what is not there does not exist in this business. Records come without their fields."""

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
    return {row["id"]: row for row in found_by(connection, table.c.id, business_id, ids)}


def found_by(
    connection: Connection, column: Column[str], business_id: str, wanted: Iterable[str | None]
) -> list[Mapping[str, Any]]:
    """Return the rows of a business that have one of *wanted* in *column*."""
    values: Sequence[str] = sorted({value for value in wanted if value})
    if len(values) == 1:
        rows = connection.execute(_SINGLE[column], {"business": business_id, "wanted": values[0]})
        return [dict(row) for row in rows.mappings()]
    found: list[Mapping[str, Any]] = []
    for at in range(0, len(values), _AT_ONCE):
        parameters = {"business": business_id, "wanted": values[at : at + _AT_ONCE]}
        found += [dict(row) for row in connection.execute(_QUERIES[column], parameters).mappings()]
    return found


def _query(column: Column[str], *left_out: str, many: bool) -> Select[Any]:
    table = column.table
    shown = [each for each in table.c if each.name not in left_out]
    named = column.in_(bindparam("wanted", expanding=True)) if many else column == bindparam("wanted")
    return select(*shown).where(table.c.business_id == bindparam("business"), named)


# Built once: putting a statement together takes SQLAlchemy as long as SQLite takes to answer it.
_COLUMNS: dict[Column[str], tuple[str, ...]] = {
    activity_types.c.id: (),
    activity_types.c.api_name: (),
    employees.c.id: ("hours", "leave"),
    roles.c.id: (),
    objects.c.id: (),
    objects.c.name: (),
    records.c.id: ("fields", "words"),
    records.c.lookup: ("fields", "words"),
}
_SINGLE = {column: _query(column, *left_out, many=False) for column, left_out in _COLUMNS.items()}
_QUERIES = {column: _query(column, *left_out, many=True) for column, left_out in _COLUMNS.items()}

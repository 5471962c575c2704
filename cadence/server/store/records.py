"""Records in SQL. Values are kept by field id, so that a field may be renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from cadence.model.people import stable_id
from cadence.server.bodies.records import FieldSetting
from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store import totals
from cadence.server.store.comparison import contains, equals
from cadence.server.store.keys import Scope
from cadence.server.store.listing import By, count_of, read_page
from cadence.server.store.resolve import find_object
from cadence.server.store.schema import object_fields, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from cadence.server.bodies.records import Condition, SearchRecords
    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller

__all__ = [
    "Found",
    "add",
    "change",
    "fields_of",
    "load",
    "lookup",
    "object_of",
    "remove",
    "search",
    "suggest",
    "upsert",
]

Row = dict[str, Any]
Found = tuple[Row, "Mapping[str, Any]", list[Row]]
"""A record, its object, and the object's fields."""

_FEW = 20
_ORDERS = {
    "created": (By(records.c.id),),
    "-created": (By(records.c.id, descends=True),),
    "name": (By(records.c.display_name), By(records.c.id)),
    "-name": (By(records.c.display_name, descends=True), By(records.c.id, descends=True)),
}


def object_of(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any]:
    """Return the object with that id or name. Raises Problem."""
    found = find_object(connection, business_id, reference)
    if found is None:
        raise Problem.not_found()
    return found


def fields_of(connection: Connection, kind: Mapping[str, Any]) -> list[Row]:
    """Return the fields of an object, by name."""
    query = (
        select(object_fields)
        .where(object_fields.c.business_id == kind["business_id"], object_fields.c.object_id == kind["id"])
        .order_by(object_fields.c.name)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def load(connection: Connection, business_id: str, reference: str, record_id: str) -> Found:
    """Return a record by id. Raises Problem."""
    kind = object_of(connection, business_id, reference)
    row = connection.execute(select(records).where(_own(kind, record_id))).mappings().first()
    if row is None:
        raise Problem.not_found()
    return dict(row), kind, fields_of(connection, kind)


def suggest(connection: Connection, business_id: str, reference: str, text: str) -> list[tuple[str, str]]:
    """Return a few records that begin with or hold *text*: what names each, and what a person calls it."""
    kind = object_of(connection, business_id, reference)
    own = and_(records.c.business_id == kind["business_id"], records.c.object_id == kind["id"])
    if text:
        own = and_(own, records.c.words.contains(text.casefold(), autoescape=True))
    chosen = (
        select(records.c.id, records.c.lookup, records.c.display_name).where(own).order_by(records.c.id).limit(_FEW)
    )
    return [(row.lookup or row.id, row.display_name) for row in connection.execute(chosen)]


def lookup(connection: Connection, business_id: str, reference: str, identifier: str) -> Found:
    """Return the record with exactly that email (contacts) or name. Raises Problem for none and for several."""
    kind = object_of(connection, business_id, reference)
    rows = _matching(connection, kind, identifier)
    if not rows:
        raise Problem.not_found()
    if len(rows) > 1:
        raise Problem.invalid("identifier", f"Several records match '{identifier}'.", "multiple_matches")
    return rows[0], kind, fields_of(connection, kind)


def search(
    connection: Connection, business_id: str, reference: str, body: SearchRecords, *, ordering: str, page: Page
) -> tuple[list[Row], list[Row], int]:
    """Return one page of records, the fields to show, and how many records pass in all. Raises Problem."""
    kind = object_of(connection, business_id, reference)
    fields = fields_of(connection, kind)
    conditions = _search_conditions(body, fields, dialect=connection.dialect.name)
    condition = and_(_of_object(kind), *conditions)
    if conditions:
        count = count_of(connection, records, condition)
    else:
        count = totals.amount_of(connection, business_id, totals.of_object(kind["id"]))
    rows = read_page(connection, records, condition, _ORDERS[ordering], page, count=count)
    shown = fields if body.field_names is None else [field for field in fields if field["name"] in body.field_names]
    return rows, shown, count


def add(
    connection: Connection,
    caller: Caller,
    reference: str,
    settings: Sequence[FieldSetting],
    *,
    record_id: str,
    now: datetime,
) -> Found:
    """Add a record and return it. Raises Problem for an unknown field, or an id that is taken."""
    kind = object_of(connection, caller.business_id, reference)
    fields, values = _values(connection, caller, kind, settings)
    if connection.execute(select(records.c.id).where(_of_business(kind), records.c.id == record_id)).first():
        raise Problem.invalid("id", f"Record '{record_id}' exists already.", "unique")
    kept = {field_id: value for field_id, value in values.items() if value is not None}
    row = {
        "business_id": caller.business_id,
        "id": record_id,
        "object_id": kind["id"],
        "created_at": micros(now),
        "updated_at": micros(now),
        **_derived(kind, fields, kept),
    }
    connection.execute(insert(records).values(row))
    totals.add_to(connection, caller.business_id, totals.of_object(kind["id"]), 1)
    return row, kind, fields


def change(
    connection: Connection,
    caller: Caller,
    reference: str,
    record_id: str,
    *,
    settings: Sequence[FieldSetting],
    now: datetime,
) -> Found:
    """Set some fields (null clears) and return the record. Raises Problem."""
    row, kind, _ = load(connection, caller.business_id, reference, record_id)
    fields, values = _values(connection, caller, kind, settings)
    merged = {field_id: value for field_id, value in {**row["fields"], **values}.items() if value is not None}
    changes = {"updated_at": micros(now), **_derived(kind, fields, merged)}
    connection.execute(update(records).where(_own(kind, record_id)).values(changes))
    return {**row, **changes}, kind, fields


def upsert(  # noqa: PLR0913 - what an upsert takes
    connection: Connection,
    caller: Caller,
    reference: str,
    settings: Sequence[FieldSetting],
    *,
    lookup_value: str,
    record_id: str,
    now: datetime,
) -> tuple[Found, bool]:
    """Change the record found by *lookup_value*, or add one; return it and whether it is new. Raises Problem.

    A new one is found by *lookup_value* from then on, unless *settings* name it otherwise.
    """
    kind = object_of(connection, caller.business_id, reference)
    rows = _matching(connection, kind, lookup_value)
    if len(rows) > 1:
        raise Problem.invalid("lookup_value", f"Several records match '{lookup_value}'.", "multiple_matches")
    if rows:
        found = rows[0]["id"]
        return change(connection, caller, reference, found, settings=settings, now=now), False
    named = [FieldSetting(name=_key_of(kind), value=lookup_value), *settings]
    return add(connection, caller, reference, named, record_id=record_id, now=now), True


def remove(connection: Connection, business_id: str, reference: str, record_id: str) -> None:
    """Delete a record; its activities stay. Raises Problem."""
    kind = object_of(connection, business_id, reference)
    if connection.execute(delete(records).where(_own(kind, record_id))).rowcount == 0:
        raise Problem.not_found()
    totals.add_to(connection, business_id, totals.of_object(kind["id"]), -1)


def _of_business(kind: Mapping[str, Any]) -> ColumnElement[bool]:
    own: ColumnElement[bool] = records.c.business_id == kind["business_id"]
    return own


def _of_object(kind: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(_of_business(kind), records.c.object_id == kind["id"])


def _own(kind: Mapping[str, Any], record_id: str) -> ColumnElement[bool]:
    return and_(_of_object(kind), records.c.id == record_id)


def _matching(connection: Connection, kind: Mapping[str, Any], identifier: str) -> list[Row]:
    query = select(records).where(_of_object(kind), records.c.lookup == identifier).limit(2)
    return [dict(row) for row in connection.execute(query).mappings()]


def _values(
    connection: Connection, caller: Caller, kind: Mapping[str, Any], settings: Iterable[FieldSetting]
) -> tuple[list[Row], dict[str, Any]]:
    """Return the object's fields and the values set, by field id.

    An administrator's new names become fields; that by which records are looked up belongs to every object.
    """
    fields = fields_of(connection, kind)
    known = {key: field for field in fields for key in (field["id"], field["name"])}
    values: dict[str, Any] = {}
    for setting in settings:
        reference = setting.id or setting.name or ""
        if reference not in known:
            if setting.name is None or (caller.scope < Scope.ADMIN and setting.name != _key_of(kind)):
                raise Problem.does_not_exist("fields", "Field", reference)
            field = _new_field(connection, kind, setting)
            fields.append(field)
            known[reference] = field
        values[known[reference]["id"]] = setting.value
    return fields, values


def _new_field(connection: Connection, kind: Mapping[str, Any], setting: FieldSetting) -> Row:
    name = setting.name or ""
    field = {
        "business_id": kind["business_id"],
        "id": stable_id(f"field:{kind['name']}", name),
        "object_id": kind["id"],
        "name": name,
        "display_name": name.replace("_", " ").capitalize(),
        "field_type": _field_type(name, setting.value),
    }
    connection.execute(insert(object_fields).values(field))
    return field


def _field_type(name: str, value: Any) -> str:
    match value:
        case bool():
            return "checkbox"
        case int() | float():
            return "decimal"
        case _:
            return name if name in ("timezone", "email") else "text"


def _key_of(kind: Mapping[str, Any]) -> str:
    """Return the name of the field by which records of an object are looked up."""
    return "email" if kind["name"] == "client_client" else "name"


def _derived(kind: Mapping[str, Any], fields: Iterable[Row], values: Mapping[str, Any]) -> dict[str, Any]:
    named = {field["name"]: values[field["id"]] for field in fields if field["id"] in values}
    full = " ".join(str(named[part]) for part in ("first_name", "last_name") if named.get(part))
    name = str(named.get("name") or named.get("full_name") or full)
    texts = [name, *(value for value in named.values() if isinstance(value, str))]
    return {
        "fields": dict(values),
        "lookup": str(named.get(_key_of(kind)) or ""),
        "display_name": name,
        "words": "\n".join(texts).casefold(),
    }


def _search_conditions(body: SearchRecords, fields: Iterable[Row], *, dialect: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if body.search:
        conditions.append(records.c.words.contains(body.search.casefold(), autoescape=True))
    if body.query:
        known = {key: field["id"] for field in fields for key in (field["id"], field["name"])}
        compared = [_comparison(condition, known, dialect=dialect) for condition in body.query]
        conditions.append(and_(*compared) if body.all_must_hold else or_(*compared))
    return conditions


def _comparison(condition: Condition, known: Mapping[str, str], *, dialect: str) -> ColumnElement[bool]:
    if condition.field not in known:
        raise Problem.does_not_exist("query", "Field", condition.field)
    field_id = known[condition.field]
    if condition.condition == "contains":
        return contains(field_id, str(condition.value or ""))
    equal = equals(field_id, condition.value, dialect=dialect)
    return equal if condition.condition == "=" else ~func.coalesce(equal, False)

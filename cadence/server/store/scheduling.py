"""Scheduled activities in SQL: making, changing and deleting them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store import totals
from cadence.server.store.resolve import Names, check_association
from cadence.server.store.scheduled import load
from cadence.server.store.schema import entities, scheduled_activities

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from cadence.server.bodies.scheduled import CreateScheduled, PatchScheduled
    from cadence.server.store.keys import Caller
    from cadence.server.store.references import References
    from cadence.server.store.resolve import Pairs
    from cadence.server.store.scheduled import Scheduled

__all__ = ["Creation", "change", "create", "create_all", "remove"]

_TABLE = scheduled_activities
_INSERT = insert(_TABLE)
_LINK = insert(entities)


@dataclass(frozen=True, slots=True)
class Creation:
    """A scheduled activity to be made."""

    caller: Caller
    body: CreateScheduled
    activity_id: str
    now: datetime


def create(connection: Connection, creation: Creation) -> Scheduled:
    """Add one scheduled activity and return it. Raises Problem for what it names and is not there."""
    (outcome,) = create_all(connection, [creation])
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def create_all(connection: Connection, creations: Sequence[Creation]) -> list[Scheduled | Problem]:
    """Add scheduled activities at once, and return each, or what is wrong with it."""
    by_business: dict[str, list[Creation]] = {}
    for creation in creations:
        by_business.setdefault(creation.caller.business_id, []).append(creation)
    names = {
        business_id: Names.in_scheduled(connection, business_id, [creation.body for creation in own])
        for business_id, own in by_business.items()
    }
    made = [_made(creation, names[creation.caller.business_id]) for creation in creations]
    _insert(connection, [each[0] for each in made if not isinstance(each, Problem)])
    return [each if isinstance(each, Problem) else ([_as_read(each[0])], each[1]) for each in made]


def change(
    connection: Connection,
    caller: Caller,
    activity_id: str,
    body: PatchScheduled,
    *,
    given: Collection[str],
    now: datetime,
) -> Scheduled:
    """Change the *given* fields and return the activity. Raises Problem, also for another type."""
    (row,), found = load(connection, caller.business_id, activity_id)
    names = Names.in_scheduled(connection, caller.business_id, [body])
    kind = _unchanged_type(names, row, found, body)
    names.check_people(body)
    pairs = names.pairs("associated_entities", body.associated_entities)
    check_association(kind, "associated_entities", pairs)
    values = {name: value for name, value in _values(body).items() if _FIELDS[name] in given}
    if body.original_due_datetime is not None:
        values["original_due_at"] = micros(body.original_due_datetime)
    values["updated_at"] = micros(now)
    connection.execute(update(_TABLE).where(_own(caller.business_id, activity_id)).values(values))
    if "associated_entities" in given:
        connection.execute(delete(entities).where(entities.c.activity_id == activity_id))
        _link(connection, [{**row, "entities": _ids(pairs)}])
    return load(connection, caller.business_id, activity_id)


def remove(connection: Connection, business_id: str, activity_id: str) -> None:
    """Delete a scheduled activity. Raises Problem where it is absent."""
    if connection.execute(delete(_TABLE).where(_own(business_id, activity_id))).rowcount == 0:
        raise Problem.not_found()
    totals.add_to(connection, business_id, totals.SCHEDULED, -1)


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


def _made(creation: Creation, names: Names) -> tuple[dict[str, Any], References] | Problem:
    """Return the row to be stored and what it refers to, or what is wrong with it."""
    caller, body = creation.caller, creation.body
    try:
        kind = names.type_of(body)
        names.check_people(body)
        pairs = names.pairs("associated_entities", body.associated_entities)
        check_association(kind, "associated_entities", pairs)
    except Problem as problem:
        return problem
    stamp = micros(creation.now)
    row = {
        "id": creation.activity_id,
        "business_id": caller.business_id,
        "type_id": kind["id"],
        "original_due_at": micros(body.original_due_datetime or body.due_datetime),
        "created_at": stamp,
        "created_by": caller.user_id,
        "updated_at": stamp,
        "completed_at": None,
        "logged_id": None,
        **_values(body),
        "entities": _ids(pairs),
    }
    return row, names.references(kind, pairs)


def _as_read(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as the store gives it back."""
    return {**row, "mentions": json.dumps(row["mentions"]), "notifications": json.dumps(row["notifications"])}


def _insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    connection.execute(_INSERT, [{name: row[name] for name in _COLUMNS} for row in rows])
    _link(connection, rows)
    for business_id, amount in Counter(row["business_id"] for row in rows).items():
        totals.add_to(connection, business_id, totals.SCHEDULED, amount)


def _ids(pairs: Pairs) -> list[tuple[str, str]]:
    return [(kind["id"], record["id"]) for kind, record in pairs]


def _unchanged_type(names: Names, row: Mapping[str, Any], found: References, body: PatchScheduled) -> Mapping[str, Any]:
    if body.activity_object_id is None and body.activity_object_name is None:
        return found.types[row["type_id"]]
    kind = names.type_of(body)
    if kind["id"] != row["type_id"]:
        field = "activity_object_id" if body.activity_object_id else "activity_object_name"
        raise Problem.invalid(field, "The activity object of a scheduled activity cannot be changed.", "create_only")
    return kind


def _link(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    links = [
        {"activity_id": row["id"], "object_id": object_id, "business_id": row["business_id"], "record_id": record_id}
        for row in rows
        for object_id, record_id in row["entities"]
    ]
    if links:
        connection.execute(_LINK, links)


def _own(business_id: str, activity_id: str) -> ColumnElement[bool]:
    return and_(_TABLE.c.business_id == business_id, _TABLE.c.id == activity_id)


_COLUMNS = tuple(column.name for column in _TABLE.c)

"""Logged activities in SQL, and the completion of the scheduled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select, update

from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store import totals
from cadence.server.store.deliveries import put_out
from cadence.server.store.listing import By, count_of, read_page
from cadence.server.store.references import References
from cadence.server.store.resolve import Names, check_association, find_type
from cadence.server.store.schema import logged_activities, scheduled_activities
from cadence.server.store.types import notes_field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.bodies.logged import LogActivity
    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller

__all__ = ["Logged", "find", "load", "log", "take_back"]

Logged = tuple[list[dict[str, Any]], References]
"""Rows, each with its `entities`, and what they refer to."""

_TABLE = logged_activities


def log(
    connection: Connection, caller: Caller, reference: str, body: LogActivity, *, logged_id: str, now: datetime
) -> Logged:
    """Log work, completing the scheduled activity it was, and return it. Raises Problem."""
    kind = _type(connection, caller.business_id, reference)
    names = Names.in_logged(connection, caller.business_id, body)
    names.check_mentions(body)
    pairs = names.pairs("related_objects", body.related_objects)
    check_association(kind, "related_objects", pairs)
    _check_fields(kind, body)
    row = {
        "id": logged_id,
        "business_id": caller.business_id,
        "type_id": kind["id"],
        "scheduled_id": body.scheduled_activity_id,
        "notes": body.notes or "",
        "related": [[found_object["id"], record["id"]] for found_object, record in pairs],
        "mentions": body.mentions,
        "fields": [setting.model_dump() for setting in body.fields],
        "logged_at": micros(now),
        "logged_by": caller.user_id,
    }
    if body.scheduled_activity_id is not None:
        _complete(connection, caller, body.scheduled_activity_id, row)
    connection.execute(insert(_TABLE).values(row))
    totals.add_to(connection, caller.business_id, totals.of_type(kind["id"]), 1)
    put_out(connection, row, kind)
    return _whole(connection, caller.business_id, [row])


def load(connection: Connection, business_id: str, logged_id: str) -> Logged:
    """Return one logged activity. Raises Problem."""
    own = and_(_TABLE.c.business_id == business_id, _TABLE.c.id == logged_id)
    row = connection.execute(select(_TABLE).where(own)).mappings().first()
    if row is None:
        raise Problem.not_found()
    return _whole(connection, business_id, [dict(row)])


def find(connection: Connection, business_id: str, reference: str, *, search: str, page: Page) -> tuple[Logged, int]:
    """Return one page of a type's logged activities, newest first, and how many there are. Raises Problem."""
    kind = _type(connection, business_id, reference)
    condition = and_(_TABLE.c.business_id == business_id, _TABLE.c.type_id == kind["id"])
    if search:
        condition = and_(condition, _TABLE.c.notes.icontains(search, autoescape=True))
        count = count_of(connection, _TABLE, condition)
    else:
        count = totals.amount_of(connection, business_id, totals.of_type(kind["id"]))
    newest = (By(_TABLE.c.logged_at, descends=True), By(_TABLE.c.id, descends=True))
    rows = read_page(connection, _TABLE, condition, newest, page, count=count)
    return _whole(connection, business_id, rows), count


def take_back(connection: Connection, caller: Caller, scheduled_id: str, *, now: datetime) -> None:
    """Open a completed activity again, as if the work had not been logged. Raises Problem where none was."""
    own = and_(_TABLE.c.business_id == caller.business_id, _TABLE.c.scheduled_id == scheduled_id)
    type_id = connection.execute(select(_TABLE.c.type_id).where(own)).scalar()
    if type_id is None:
        raise Problem.detail(409, "This activity is not completed.", "conflict")
    connection.execute(delete(_TABLE).where(own))
    totals.add_to(connection, caller.business_id, totals.of_type(type_id), -1)
    table = scheduled_activities
    opened = {"completed_at": None, "logged_id": None, "updated_at": micros(now)}
    connection.execute(update(table).where(table.c.id == scheduled_id).values(opened))


def _type(connection: Connection, business_id: str, reference: str) -> Mapping[str, Any]:
    kind = find_type(connection, business_id, reference)
    if kind is None:
        raise Problem.not_found()
    return kind


def _check_fields(kind: Mapping[str, Any], body: LogActivity) -> None:
    for setting in body.fields:
        if setting.id != notes_field(kind["id"]):
            raise Problem.does_not_exist("fields", "Field", setting.id)


def _complete(connection: Connection, caller: Caller, scheduled_id: str, logged: Mapping[str, Any]) -> None:
    table, field = scheduled_activities, "scheduled_activity_id"
    own = and_(table.c.business_id == caller.business_id, table.c.id == scheduled_id)
    row = connection.execute(select(table.c.type_id, table.c.completed_at).where(own)).first()
    if row is None:
        raise Problem.does_not_exist(field, "Scheduled activity", scheduled_id)
    if row.type_id != logged["type_id"]:
        raise Problem.invalid(field, "The scheduled activity is of another activity object.")
    if row.completed_at is not None:
        raise Problem.invalid(field, "The scheduled activity is completed already.", "already_completed")
    done = {"completed_at": logged["logged_at"], "logged_id": logged["id"], "updated_at": logged["logged_at"]}
    connection.execute(update(table).where(own).values(done))


def _whole(connection: Connection, business_id: str, rows: list[dict[str, Any]]) -> Logged:
    listed = [{**row, "entities": [tuple(pair) for pair in row["related"]]} for row in rows]
    return listed, References.of(connection, business_id, listed)

"""Scheduled activities in SQL: reading them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Text, and_, bindparam, cast, func, select

from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store import totals
from cadence.server.store.days import first_of_day
from cadence.server.store.listing import By, Window, count_of, page_query
from cadence.server.store.references import References
from cadence.server.store.resolve import find_type
from cadence.server.store.schema import entities, scheduled_activities

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from cadence.server.bodies.scheduled import SearchScheduled
    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller

__all__ = ["Scheduled", "find", "load", "open_before", "rows_due", "standing"]

Scheduled = tuple[list[dict[str, Any]], References]
"""Rows, each with its `entities`, and what they refer to. `mentions` and `notifications` are JSON text."""

_TABLE = scheduled_activities


def load(connection: Connection, business_id: str, activity_id: str) -> Scheduled:
    """Return one scheduled activity. Raises Problem where it is absent or another business's."""
    found = _read(connection, business_id, _BY_ID, {"business": business_id, "id": activity_id})
    if not found[0]:
        raise Problem.not_found()
    return found


def find(connection: Connection, caller: Caller, filters: SearchScheduled, page: Page) -> tuple[Scheduled, int]:
    """Return one page of what passes *filters*, and how many pass in all. Raises Problem for an unknown type."""
    business_id = caller.business_id
    conditions = _conditions(connection, caller, filters)
    condition = and_(_TABLE.c.business_id == business_id, *conditions) if conditions else _OF_BUSINESS
    if conditions:
        count = count_of(connection, _TABLE, condition)
    else:
        count = totals.amount_of(connection, business_id, totals.SCHEDULED)
    window = Window.of(page, count)
    if not window.size:
        return ([], References()), count
    if conditions:
        order = _order(filters.ordering, completed=filters.completed is True)
        query = _page(condition, order, backwards=window.backwards)
    else:
        query = _unfiltered(filters.ordering, backwards=window.backwards)
    parameters = {"business": business_id, "size": window.size, "skipped": window.skipped}
    return _read(connection, business_id, query, parameters), count


def standing(connection: Connection, business_id: str, ids: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Return of each activity that is there its due and when it was completed, by id."""
    own = and_(_TABLE.c.business_id == business_id, _TABLE.c.id.in_(list(ids)))
    rows = connection.execute(select(_TABLE.c.id, _TABLE.c.due_at, _TABLE.c.completed_at).where(own))
    return {row.id: (row.due_at, row.completed_at) for row in rows}


def rows_due(
    connection: Connection, business_id: str, employee_id: str, *, first: datetime, end: datetime, most: int
) -> Scheduled:
    """Return at most *most* activities of an employee due from *first* up to *end*, in due order, done ones too."""
    own = and_(_TABLE.c.business_id == business_id, _TABLE.c.employee_id == employee_id)
    span = and_(_TABLE.c.due_at >= micros(first), _TABLE.c.due_at < micros(end))
    query = _page(and_(own, span), _order("due_datetime", completed=False), backwards=False)
    return _read(connection, business_id, query, {"size": most, "skipped": 0})


def open_before(
    connection: Connection, caller: Caller, filters: SearchScheduled, bounds: Sequence[datetime]
) -> tuple[int, ...]:
    """Return how many that pass *filters* are open and due before each of *bounds*, which ascend. Raises Problem."""
    condition = and_(
        _TABLE.c.business_id == caller.business_id,
        _TABLE.c.due_at < micros(bounds[-1]),
        *_conditions(connection, caller, filters.model_copy(update={"completed": False})),
    )
    counts = [func.count().filter(_TABLE.c.due_at < micros(bound)) for bound in bounds]
    return tuple(connection.execute(select(*counts).where(condition)).one())


def _read(connection: Connection, business_id: str, query: Select[Any], parameters: Mapping[str, Any]) -> Scheduled:
    """Return the activities of a query, of which one stands in as many rows as there are records it belongs to."""
    rows: dict[str, dict[str, Any]] = {}
    for *values, object_id, record_id in connection.execute(query, parameters).all():
        row = rows.get(values[0])
        if row is None:
            row = rows[values[0]] = dict(zip(_NAMES, values, strict=True))
            row["entities"] = []
        if object_id is not None:
            row["entities"].append((object_id, record_id))
    listed = list(rows.values())
    return listed, References.of(connection, business_id, listed)


def _conditions(connection: Connection, caller: Caller, filters: SearchScheduled) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    reference = filters.activity_id or filters.activity_name
    if reference is not None:
        kind = find_type(connection, caller.business_id, reference)
        if kind is None:
            field = "activity_id" if filters.activity_id else "activity_name"
            raise Problem.does_not_exist(field, "Activity object", reference)
        conditions.append(_TABLE.c.type_id == kind["id"])
    conditions += _within(connection, caller, filters)
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


def _within(connection: Connection, caller: Caller, filters: SearchScheduled) -> Iterator[ColumnElement[bool]]:
    """Yield what holds between the two ends, both included."""
    match filters.from_date:
        case datetime() as first:
            yield _TABLE.c.due_at >= micros(first)
        case date() as first:
            yield _TABLE.c.due_at >= first_of_day(connection, caller.business_id, first)
    match filters.to_date:
        case datetime() as last:
            yield _TABLE.c.due_at <= micros(last)
        case date() as last:
            yield _TABLE.c.due_at < first_of_day(connection, caller.business_id, last, days_on=1)


def _order(ordering: str, *, completed: bool) -> tuple[By, By]:
    descends = ordering.startswith("-")
    if ordering.endswith("completed_at"):
        return By(_TABLE.c.completed_at, descends, may_be_empty=not completed), By(_TABLE.c.id, descends)
    return By(_TABLE.c.due_at, descends), By(_TABLE.c.id, descends)


def _page(condition: ColumnElement[bool], order: Sequence[By], *, backwards: bool) -> Select[Any]:
    return _with_entities(page_query(_SHOWN, condition, order, backwards=backwards))


def _with_entities(query: Select[Any]) -> Select[Any]:
    joined = query.outerjoin(entities, entities.c.activity_id == _TABLE.c.id)
    return joined.add_columns(entities.c.object_id, entities.c.record_id).order_by(entities.c.object_id)


@cache
def _unfiltered(ordering: str, *, backwards: bool) -> Select[Any]:
    return _page(_OF_BUSINESS, _order(ordering, completed=False), backwards=backwards)


_NAMES = tuple(column.name for column in _TABLE.c)
# Lists are kept as JSON and shown as JSON: nobody looks into them on the way.
_SHOWN = [cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in _TABLE.c]
_OF_BUSINESS = _TABLE.c.business_id == bindparam("business")
_BY_ID = _with_entities(select(*_SHOWN).where(_OF_BUSINESS, _TABLE.c.id == bindparam("id")))

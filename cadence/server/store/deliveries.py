"""Deliveries of webhooks in SQL: put out with what they tell of, listed, sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from cadence.model.people import stable_id
from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store.listing import By, count_of, read_page
from cadence.server.store.schema import attempts, deliveries, endpoints
from cadence.server.webhooks.event import event_content, event_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.paging import Page

__all__ = ["STATES", "find", "hold", "last_attempts", "load", "put_out", "redeliver", "release"]

STATES = ("waiting", "held", "delivered", "failed")
"""To be sent when its time has come; not before its endpoint is enabled; done; given up until somebody redelivers."""

_TABLE = deliveries
Row = dict[str, Any]


def put_out(connection: Connection, logged: Mapping[str, Any], kind: Mapping[str, Any]) -> None:
    """Have every endpoint told that *logged*, of the type *kind*, was logged; in the transaction that logs it."""
    found = connection.execute(_LISTENING, {"business": logged["business_id"], "type": kind["id"]}).all()
    rows = [_waiting(endpoint.id, endpoint.event, logged, kind) for endpoint in found]
    if rows:
        connection.execute(_INSERT, rows)


def find(
    connection: Connection, business_id: str, *, endpoint_id: str | None, state: str | None, page: Page
) -> tuple[list[Row], int]:
    """Return one page of a business's deliveries, newest first, and how many there are."""
    own = _TABLE.c.business_id == business_id
    if endpoint_id is not None:
        own = and_(own, _TABLE.c.endpoint_id == endpoint_id)
    if state is not None:
        own = and_(own, _TABLE.c.state == state)
    count = count_of(connection, _TABLE, own)
    newest = (By(_TABLE.c.created_at, descends=True), By(_TABLE.c.id, descends=True))
    return read_page(connection, _TABLE, own, newest, page, count=count), count


def load(connection: Connection, business_id: str, delivery_id: str) -> tuple[Row, list[Row]]:
    """Return one delivery with its attempts, oldest first. Raises Problem."""
    own = and_(_TABLE.c.business_id == business_id, _TABLE.c.id == delivery_id)
    row = connection.execute(select(_TABLE).where(own)).mappings().first()
    if row is None:
        raise Problem.not_found()
    tried = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    return dict(row), [dict(attempt) for attempt in connection.execute(tried).mappings()]


def last_attempts(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    """Return the latest attempt of each of these deliveries that was tried, by the delivery's id."""
    tried = select(attempts).where(attempts.c.delivery_id.in_(list(ids))).order_by(attempts.c.number)
    return {row["delivery_id"]: dict(row) for row in connection.execute(tried).mappings()}


def redeliver(connection: Connection, business_id: str, delivery_id: str, *, now: datetime) -> Row:
    """Send a delivery again from now on, by a schedule that begins anew, and return it.

    One that is being sent at this moment is left to that. Raises Problem where its endpoint is disabled.
    """
    row, _ = load(connection, business_id, delivery_id)
    is_enabled = select(endpoints.c.enabled).where(endpoints.c.id == row["endpoint_id"])
    if not connection.execute(is_enabled).scalar_one():
        raise Problem.invalid("webhook_id", "The webhook is disabled; enable it first.", "webhook_disabled")
    if row["holder"] is not None and row["next_at"] > micros(now):
        return row
    values = {"state": "waiting", "tries": 0, "next_at": micros(now), "holder": None, "finished_at": None}
    connection.execute(update(_TABLE).where(_TABLE.c.id == delivery_id).values(values))
    return {**row, **values}


def hold(connection: Connection, endpoint_id: str) -> None:
    """Keep what waits for an endpoint from being sent."""
    waiting = and_(_TABLE.c.endpoint_id == endpoint_id, _TABLE.c.state == "waiting")
    connection.execute(update(_TABLE).where(waiting).values(state="held"))


def release(connection: Connection, endpoint_id: str, *, now: datetime) -> None:
    """Send what was held for an endpoint, from now on; what is being sent at this moment is left to that."""
    held = and_(_TABLE.c.endpoint_id == endpoint_id, _TABLE.c.state == "held")
    idle = and_(held, _TABLE.c.holder.is_(None))
    connection.execute(update(_TABLE).where(idle).values(tries=0, next_at=micros(now)))
    connection.execute(update(_TABLE).where(held).values(state="waiting"))


def _waiting(endpoint_id: str, event: str, logged: Mapping[str, Any], kind: Mapping[str, Any]) -> Row:
    return {
        "id": stable_id("delivery", f"{endpoint_id}:{logged['id']}"),
        "business_id": logged["business_id"],
        "endpoint_id": endpoint_id,
        "event_id": event_id(logged["id"]),
        "event": event,
        "content": event_content(event, logged, kind),
        "state": "waiting",
        "tries": 0,
        "next_at": logged["logged_at"],
        "holder": None,
        "created_at": logged["logged_at"],
        "finished_at": None,
    }


_INSERT = insert(_TABLE)
_LISTENING = select(endpoints.c.id, endpoints.c.event).where(
    endpoints.c.business_id == bindparam("business"),
    or_(endpoints.c.type_id.is_(None), endpoints.c.type_id == bindparam("type")),
    endpoints.c.enabled.is_(True),
)

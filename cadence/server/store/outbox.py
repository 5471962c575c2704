"""What is to be sent and by whom: taken in hand, tried, done. Source of the states: `deliveries.STATES`.

Whoever takes deliveries in hand does so in a transaction that writes, and those take turns in every process, so that no
two take the same. What a process had in hand when it was killed is free again once `next_at` has passed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.store.schema import attempts, deliveries, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["MOST_EACH", "Attempt", "Errand", "Settlement", "Tried", "is_any_due", "prune", "settle", "take"]

MOST_EACH = 32
"""How many deliveries to one endpoint a process sends at the same time at most."""

_TABLE = deliveries


@dataclass(frozen=True, slots=True)
class Errand:
    """A delivery in hand: what to send where, signed with what; `tries` were made of its schedule before."""

    id: str
    endpoint_id: str
    holder: str
    url: str
    secret: str = field(repr=False)
    event_id: str
    content: str
    tries: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, what was answered (None where nothing was), how long it took, what went wrong."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str

    def row(self, delivery_id: str, before: int) -> dict[str, Any]:
        """Return what is kept of it, after so many that were made *before*."""
        return {
            "delivery_id": delivery_id,
            "number": before + 1,
            "at": micros(self.at),
            "status": self.status,
            "duration_ms": self.duration_ms,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery that was tried: its next state, and when it is tried again where it waits."""

    state: str
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery in hand that was tried, how that went, and what becomes of it."""

    errand: Errand
    attempt: Attempt
    settlement: Settlement

    def values(self, state: str) -> dict[str, Any]:
        """Return how a delivery moves on that is in *state* by now."""
        next_at = self.settlement.next_at
        # An endpoint that was disabled meanwhile holds what waits.
        is_held = state == "held" and next_at is not None
        return {
            "of": self.errand.id,
            "by": self.errand.holder,
            "now_state": "held" if is_held else self.settlement.state,
            "now_tries": self.errand.tries + 1,
            "then": micros(next_at) if next_at else None,
            "ended": None if next_at else micros(self.attempt.at),
        }


def is_any_due(connection: Connection, *, now: datetime, under_way: Mapping[str, int]) -> bool:
    """Return whether a delivery waits whose time has come, for an endpoint that has not enough *under_way*."""
    return connection.execute(_DUE, {"now": micros(now), "busy": _busy(under_way)}).first() is not None


def take(
    connection: Connection, *, holder: str, now: datetime, until: datetime, most: int, under_way: Mapping[str, int]
) -> list[Errand]:
    """Take at most *most* deliveries in hand, and return them; until *until* nobody else does.

    *under_way* is how many each endpoint has in hand here already: one that does not answer must not hold up the rest.
    """
    asked = {"now": micros(now), "busy": _busy(under_way), "most": most}
    rows = _few_each([dict(row) for row in connection.execute(_TO_TAKE, asked).mappings()], under_way)
    if rows:
        taken = _TABLE.c.id.in_([row["id"] for row in rows])
        connection.execute(update(_TABLE).where(taken).values(holder=holder, next_at=micros(until)))
    return [Errand(holder=holder, **row) for row in rows]


def settle(connection: Connection, tried: Sequence[Tried]) -> list[None]:
    """Write down what tries came to. Of a delivery that is in another hand by now, only that it was tried."""
    found = connection.execute(_SO_FAR, {"ids": [each.errand.id for each in tried]})
    so_far = {row.id: row for row in found}
    present = [(each, so_far[each.errand.id]) for each in tried if each.errand.id in so_far]
    if present:
        connection.execute(_TRIED, [each.attempt.row(row.id, row.tried) for each, row in present])
        connection.execute(_MOVED_ON, [each.values(row.state) for each, row in present])
    return [None] * len(tried)


def prune(connection: Connection, *, before: datetime, most: int) -> int:
    """Forget at most *most* deliveries that arrived before *before*, and return how many; what failed is kept."""
    old = (
        select(_TABLE.c.id)
        .where(_TABLE.c.state == "delivered", _TABLE.c.finished_at < micros(before))
        .order_by(_TABLE.c.finished_at)
        .limit(most)
    )
    return connection.execute(delete(_TABLE).where(_TABLE.c.id.in_(old))).rowcount


def _busy(under_way: Mapping[str, int]) -> list[str]:
    return [endpoint_id for endpoint_id, amount in under_way.items() if amount >= MOST_EACH]


def _few_each(rows: Iterable[Mapping[str, Any]], under_way: Mapping[str, int]) -> list[Mapping[str, Any]]:
    amounts = Counter(under_way)
    few = []
    for row in rows:
        if amounts[row["endpoint_id"]] < MOST_EACH:
            amounts[row["endpoint_id"]] += 1
            few.append(row)
    return few


_WHEN_DUE = and_(
    _TABLE.c.state == "waiting",
    _TABLE.c.next_at <= bindparam("now"),
    _TABLE.c.endpoint_id.not_in(bindparam("busy", expanding=True)),
)
_DUE = select(_TABLE.c.id).where(_WHEN_DUE).limit(1)
_TO_TAKE = (
    select(
        _TABLE.c.id,
        _TABLE.c.endpoint_id,
        _TABLE.c.event_id,
        _TABLE.c.content,
        _TABLE.c.tries,
        endpoints.c.url,
        endpoints.c.secret,
    )
    .join(endpoints, endpoints.c.id == _TABLE.c.endpoint_id)
    .where(_WHEN_DUE)
    .order_by(_TABLE.c.next_at, _TABLE.c.id)
    .limit(bindparam("most"))
)
_SO_FAR = (
    select(_TABLE.c.id, _TABLE.c.state, func.coalesce(func.max(attempts.c.number), 0).label("tried"))
    .outerjoin(attempts, attempts.c.delivery_id == _TABLE.c.id)
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
    .group_by(_TABLE.c.id)
)
_TRIED = insert(attempts)
_MOVED_ON = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("of"), _TABLE.c.holder == bindparam("by"))
    .values(
        state=bindparam("now_state"),
        tries=bindparam("now_tries"),
        next_at=bindparam("then"),
        finished_at=bindparam("ended"),
        holder=None,
    )
)

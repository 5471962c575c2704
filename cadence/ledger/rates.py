"""The token bucket of each target: moments at which a request may go out, each given to one run only.

A run reserves the next few moments at once. What it does not use, because it ended or was late, is lost, never given
out again: all runs together never send more than is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from cadence.delivery.pacing import allowed, lowered
from cadence.frozen import dataclass
from cadence.ledger.schema import enrollments, rates
from cadence.ledger.settime import was_set_back

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["Brake", "Slots", "Ticks", "braked_at", "is_free", "reserve", "target_of"]

_SECOND = 1_000_000
_SLICE = _SECOND // 20
_MOST = 500  # moments at a time, a slice of the highest rate there is
_LEAD = _SECOND // 100  # so that the intent can be written down before the first moment comes
_AGAIN = _SECOND
_STEP = 2 * 3600 * _SECOND  # what a clock may be set back by, and those who wait wait that much longer


@dataclass(frozen=True, slots=True)
class Slots:
    """`count` moments, `interval_s` apart, the first in `first_s` seconds.

    They count from the reply where it was a server's clock that told the time, else from the question. They are no
    longer good once the target is `braked_at` another moment.
    """

    first_s: float
    interval_s: float
    count: int
    from_reply: bool = False
    braked_at: int | None = None


@dataclass(frozen=True, slots=True)
class Ticks:
    """Microseconds since `origin`, a moment that all runs which share the ledger mean by that word."""

    now: int
    origin: str
    by_server: bool = False


@dataclass(frozen=True, slots=True)
class Brake:
    """A 429 at `speed` requests a second: go slower, and send nothing for `pause_s`."""

    speed: float
    pause_s: float


def target_of(connection: Connection, enrollment: str) -> str | None:
    """Return the target of an enrollment, None for one that the ledger does not know."""
    return connection.execute(select(enrollments.c.target).where(enrollments.c.key == enrollment)).scalar()


def is_free(connection: Connection, target: str, *, ticks: Ticks) -> bool:
    """Return whether nobody has to go slower on the target now."""
    here = (rates.c.target == target) & (rates.c.origin == ticks.origin)
    row = connection.execute(select(rates).where(here)).mappings().first()
    return row is None or (row["free_at"] <= ticks.now and not _allowed(dict(row), 0.0, ticks.now))


def braked_at(connection: Connection, target: str) -> int | None:
    """Return what changes whenever a target asks everybody to wait."""
    return connection.execute(select(rates.c.lowered_at).where(rates.c.target == target)).scalar()


def reserve(connection: Connection, target: str, *, rate: float, brake: Brake | None, ticks: Ticks) -> Slots:
    """Reserve the next moments of about 50 ms, at most 500, after a *brake* where one is given."""
    now = ticks.now
    row = _row(connection, target, ticks=ticks)
    if brake is not None:
        row = _braked(row, brake, rate=rate, now=now)
    speed = _allowed(row, rate, now)
    first = max(row["free_at"], now + _LEAD) if speed else max(row["free_at"], now)
    count = max(1, round(min(speed * _SLICE / _SECOND, _MOST)))
    interval = _SECOND / speed if speed else 0
    row["free_at"] = first + round(count * interval)
    connection.execute(update(rates).where(rates.c.target == target).values(**row))
    return Slots((first - now) / _SECOND, interval / _SECOND, count, ticks.by_server, row["lowered_at"])


def _row(connection: Connection, target: str, *, ticks: Ticks) -> dict[str, Any]:
    """Return the target's row, locked; a fresh one where there is none, or none that this clock can tell."""
    now = ticks.now
    found = connection.execute(select(rates).where(rates.c.target == target).with_for_update()).mappings().first()
    fresh = {"target": target, "origin": ticks.origin, "free_at": now, "ceiling": None, "lowered_at": None}
    if found is None:
        connection.execute(insert(rates).values(**fresh))
        return fresh
    if found["origin"] != ticks.origin or was_set_back(connection, ticks, given_out=found["free_at"], by=_STEP):
        return {**fresh, "ceiling": found["ceiling"], "lowered_at": None if found["ceiling"] is None else now}
    return dict(found)


def _allowed(row: Mapping[str, Any], rate: float, now: int) -> float:
    return allowed(rate, row["ceiling"], max(0, now - (row["lowered_at"] or now)) / _SECOND)


def _braked(row: dict[str, Any], brake: Brake, *, rate: float, now: int) -> dict[str, Any]:
    """Return the row after a 429; several within a second, from whichever runs, lower the ceiling once.

    One that asks for a pause makes `lowered_at` anew even so, for that tells the others; the ceiling goes on to grow
    from where it has got to.
    """
    held = {**row, "free_at": max(row["free_at"], now + round(brake.pause_s * _SECOND))}
    if row["lowered_at"] is None or now - row["lowered_at"] >= _AGAIN:
        return {**held, "ceiling": lowered(_allowed(row, rate, now) or brake.speed), "lowered_at": now}
    if not brake.pause_s:
        return held
    return {**held, "ceiling": _allowed(row, 0.0, now) or row["ceiling"], "lowered_at": max(now, row["lowered_at"] + 1)}

"""Days of a business, as they are compared with what is stored."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from cadence.server.store.schema import businesses
from cadence.timing.civil import day_of
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["first_of_day"]

_LAST_DAY = day_of(date(9998, 12, 30))  # up to which zones are known, with the day after
_MICROS = 1_000_000


def first_of_day(connection: Connection, business_id: str, on: date, *, days_on: int = 0) -> int:
    """Return the microseconds since 1970 at which the day *days_on* after *on* begins.

    Days are those of the business's zone, of UTC where it has none.
    """
    name = connection.execute(select(businesses.c.timezone).where(businesses.c.id == business_id)).scalar_one()
    return zone(name or "UTC").day_start(min(day_of(on) + days_on, _LAST_DAY)) * _MICROS

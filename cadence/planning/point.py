"""A point on somebody's wall: what an offset counts from."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.timing.civil import DAY, day_of
from cadence.timing.instants import from_datetime

if TYPE_CHECKING:
    from cadence.timing.zones import Zone

__all__ = ["Point", "point_at", "read_point"]

_DATE_LENGTH = len("2026-11-23")


class Point(NamedTuple):
    """A local date as days since 1970-01-01, its time of day in seconds, and its instant in UTC epoch seconds.

    A date alone has neither time nor instant; a local time without an offset has no instant of its own.
    """

    day: int
    time: int | None = None
    utc: int | None = None


def point_at(utc: int, zone: Zone) -> Point:
    """Return what clocks in *zone* show at *utc*."""
    day, time = divmod(zone.to_local(utc), DAY)
    return Point(day, time, utc)


def read_point(value: Any, zone: Zone) -> Point | None:
    """Return *value*, a date or a datetime or either in ISO 8601, as a point in *zone*; None where it is neither.

    A datetime without an offset is local time in *zone*. Fractions of a second are dropped.
    """
    if isinstance(value, str):
        value = _parsed(value.strip())
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return point_at(from_datetime(value), zone)
        return Point(day_of(value), value.hour * 3600 + value.minute * 60 + value.second)
    return Point(day_of(value)) if isinstance(value, date) else None


def _parsed(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) <= _DATE_LENGTH else datetime.fromisoformat(text)
    except ValueError:
        return None

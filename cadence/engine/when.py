"""Instants as people write them: with an offset, or as local time in the record's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence.errors import PlanError
from cadence.timing.instants import to_datetime
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parse_moment_or_local", "parse_when"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the origin of local seconds, which have no zone


def parse_moment_or_local(value: str | datetime, option: str) -> datetime:
    """Return what *value* says, to the whole second: aware where it has an offset, else naive; a date is its midnight.

    Raises PlanError, naming *option*.
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    try:
        return datetime.fromisoformat(value.strip()).replace(microsecond=0)
    except ValueError:
        raise PlanError(
            f"{option} '{value}' is not a date and time",
            hint="write ISO 8601, as in 2026-11-23T10:00 (local) or 2026-11-23T10:00-05:00",
        ) from None


def parse_when(value: str | datetime, option: str, *, zone_name: Callable[[], str | None]) -> datetime:
    """Return the UTC instant that *value* means, to the whole second.

    Without an offset it is local time in the zone that *zone_name* gives; a time that its clocks skip or repeat is
    read as RFC 5545 says. Raises PlanError, naming *option*.
    """
    when = parse_moment_or_local(value, option)
    if when.tzinfo is not None:
        return when.astimezone(UTC)
    name = zone_name()
    if name is None:
        raise PlanError(
            f"{option} '{value}' has no offset and the record has no time zone",
            hint="write the offset, as in 2026-11-23T10:00Z, or give --field timezone=Europe/Paris",
        )
    return to_datetime(zone(name).to_utc(int((when - _EPOCH).total_seconds())))

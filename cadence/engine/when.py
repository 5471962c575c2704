"""Instants as people write them: with an offset, or as local time in the record's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence.errors import PlanError
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parse_when"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_when(value: str | datetime, option: str, *, zone_name: Callable[[], str | None]) -> datetime:
    """Return the UTC instant that *value* means, to the whole second.

    ISO 8601 with an offset stands for itself; without one it is local time in the zone that *zone_name* gives,
    a skipped or repeated time read as RFC 5545 says. A date is its midnight. Raises PlanError, naming *option*.
    """
    when = value if isinstance(value, datetime) else _parsed(value, option)
    if when.tzinfo is None:
        when = _local(when, str(value), option, zone_name())
    return when.astimezone(UTC).replace(microsecond=0)


def _parsed(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise PlanError(
            f"{option} '{text}' is not a date and time",
            hint="write ISO 8601, as in 2026-11-23T10:00 (local) or 2026-11-23T10:00-05:00",
        ) from None


def _local(civil: datetime, text: str, option: str, zone_name: str | None) -> datetime:
    if zone_name is None:
        raise PlanError(
            f"{option} '{text}' has no offset and the record has no time zone",
            hint="write the offset, as in 2026-11-23T10:00Z, or give --field timezone=Europe/Paris",
        )
    local = int((civil.replace(tzinfo=UTC, microsecond=0) - _EPOCH).total_seconds())
    return datetime.fromtimestamp(zone(zone_name).resolve(local).utc, UTC)

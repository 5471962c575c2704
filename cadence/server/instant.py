"""Instants as they are stored (microseconds since 1970) and as they are written (RFC 3339 in UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["from_micros", "instant_text", "micros", "read_instant"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
_REMEMBERED = 8192


def micros(instant: datetime) -> int:
    """Return the microseconds since 1970-01-01T00:00:00Z."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(stored: int) -> datetime:
    """Return the instant in UTC that is stored so."""
    return _EPOCH + timedelta(microseconds=stored)


# Dues are mostly at round times, so that pages show few different ones; the same page is asked for again and again.
@lru_cache(_REMEMBERED)
def instant_text(stored: int | None) -> str | None:
    """Return what is stored as text, with a fraction only where there is one."""
    if stored is None:
        return None
    return f"{(_NAIVE_EPOCH + timedelta(microseconds=stored)).isoformat()}Z"


def read_instant(text: str) -> datetime:
    """Return the instant in UTC. Raises ValueError for a text without an offset, or one out of range."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("a datetime needs an offset or Z, as in 2026-11-23T15:00:00Z")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("a datetime must lie between the years 1 and 9999 in UTC") from None

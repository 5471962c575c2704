"""How many requests a second a target may be sent, and what its 429 makes of that."""

from __future__ import annotations

__all__ = ["SLOWEST", "allowed", "lowered"]

SLOWEST = 0.5
_DOUBLES_IN_S = 30.0
_UNBOUNDED = 10_000.0


def allowed(rate: float, ceiling: float | None, since_s: float) -> float:
    """Return the requests a second that are allowed; 0 for any number.

    *rate* is what was configured, 0 for nothing. *ceiling* is what a 429 lowered it to *since_s* seconds ago; it
    doubles every 30 seconds, until it no longer matters.
    """
    if ceiling is None:
        return rate
    grown: float = ceiling * 2.0 ** min(since_s / _DOUBLES_IN_S, 64.0)
    if rate:
        return min(rate, grown)
    return grown if grown < _UNBOUNDED else 0.0


def lowered(current: float) -> float:
    """Return the ceiling after a 429 that came at *current* requests a second: half of it, one in 2 s at the least."""
    return max(SLOWEST, current / 2)

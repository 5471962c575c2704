"""How long to wait before a request goes again."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["LONGEST_RETRY_AFTER", "backoff", "clamped", "whole_seconds"]

LONGEST_RETRY_AFTER = timedelta(hours=1)


def backoff(tries: int, draw: float, *, base_s: float = 1.0, cap_s: float = 30.0) -> timedelta:
    """Return the pause after the *tries*-th failure in a row, by *draw* from [0, 1).

    Source: "full jitter", Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
    """
    ceiling = min(cap_s, base_s * 2.0 ** min(tries - 1, 32))
    return timedelta(seconds=draw * ceiling)


def clamped(retry_after: timedelta | None) -> timedelta:
    """Return what the server asks for, never negative and at most an hour: a hostile value must not stall a run."""
    if retry_after is None:
        return timedelta()
    return min(max(retry_after, timedelta()), LONGEST_RETRY_AFTER)


def whole_seconds(wait: timedelta) -> timedelta:
    """Return *wait* rounded up and one second more, so that an instant cut to its second is never early."""
    if wait <= timedelta():
        return timedelta()
    return timedelta(seconds=-(-wait // timedelta(seconds=1)) + 1)

"""The only place that asks the machine what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock", "milliseconds"]


def milliseconds() -> int:
    """Return the milliseconds since 1970, for what has to be told apart within a second."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    """Gives the time of day and a time that never steps; passed in, never patched."""

    def now(self) -> datetime:
        """Return the current instant in UTC, to the whole second."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary origin that no clock change moves."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self._latest = (0, datetime.fromtimestamp(0, UTC))

    def now(self) -> datetime:
        """Return the current instant in UTC, to the whole second."""
        second = int(time.time())
        if self._latest[0] != second:
            self._latest = (second, datetime.fromtimestamp(second, UTC))
        return self._latest[1]

    monotonic = staticmethod(time.monotonic)

"""Ids that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
import uuid
from typing import TYPE_CHECKING

from cadence.clock import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["IdSource"]

_COUNTER_BITS = 26
_RANDOM_BITS = 48
_PRESENT_MS = 2000  # a clock that shows whole seconds is up to one behind, and a request takes a while


class IdSource:
    """Makes UUIDs of version 7 that only ever grow, also within one second.

    Of several processes at one store the ids sort by the millisecond, read from *fine_ms*: since 1970, in UTC.
    Source: RFC 9562, sections 5.7 and 6.2 (method 1, a counter of 26 bits before 48 random ones).
    """

    def __init__(self, fine_ms: Callable[[], int] = milliseconds) -> None:
        self._fine_ms = fine_ms
        self._lock = threading.Lock()
        self._millisecond = 0
        self._counter = 0

    def next(self, now: datetime) -> str:
        """Return the next id; a clock that steps back does not make ids do so."""
        with self._lock:
            self._advance(self._finer(int(now.timestamp()) * 1000))
            return str(_uuid7(self._millisecond, self._counter))

    def _finer(self, second_ms: int) -> int:
        """Return the current millisecond where *second_ms* is the present; what is dated otherwise keeps its second."""
        fine_ms = self._fine_ms()
        return fine_ms if 0 <= fine_ms - second_ms < _PRESENT_MS else second_ms

    def _advance(self, millisecond: int) -> None:
        if millisecond > self._millisecond:
            # The top bit starts clear, so a tick has room for at least 2**25 ids.
            self._millisecond, self._counter = millisecond, secrets.randbits(_COUNTER_BITS - 1)
        elif self._counter + 1 < 1 << _COUNTER_BITS:
            self._counter += 1
        else:
            self._millisecond, self._counter = self._millisecond + 1, 0


def _uuid7(millisecond: int, counter: int) -> uuid.UUID:
    high_counter, low_counter = counter >> 14, counter & 0x3FFF
    value = millisecond << 80 | 0x7 << 76 | high_counter << 64 | 0b10 << 62
    return uuid.UUID(int=value | low_counter << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS))

"""Closed for a while when the target asks everybody to slow down."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.backoff import clamped
from cadence.delivery.move import Wait

if TYPE_CHECKING:
    from cadence.delivery.answer import Answer
    from cadence.runner.guard import Moment

__all__ = ["Gate"]


class Gate:
    """One for a run: a Retry-After holds for the whole account, not for the one request that met it.

    It is counted on the clock that never steps.
    """

    def __init__(self) -> None:
        self._until = -math.inf

    def heed(self, answer: Answer, monotonic: float) -> None:
        """Close where *answer*, which came at *monotonic*, asks for it."""
        if isinstance(answer, Refused | InDoubt) and answer.retry_after is not None:
            self._until = max(self._until, monotonic + clamped(answer.retry_after).total_seconds())

    def wait(self, now: Moment) -> Wait | None:
        """Return the wait until it opens, None where it is open."""
        if now.monotonic >= self._until:
            return None
        left_ms = math.ceil((self._until - now.monotonic) * 1000)
        return Wait(now.at + timedelta(milliseconds=left_ms), doubtful=False)

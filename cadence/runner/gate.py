"""Closed for a while when the target asks everybody to slow down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.move import Wait

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.delivery.answer import Answer

__all__ = ["Gate"]


class Gate:
    """One for a run: a Retry-After holds for the whole account, not for the one request that met it."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def heed(self, answer: Answer, until: datetime | None) -> None:
        """Close until then where *answer* asks for it."""
        asks = isinstance(answer, Refused | InDoubt) and answer.retry_after is not None
        if asks and until is not None and (self._until is None or self._until < until):
            self._until = until

    def wait(self, now: datetime) -> Wait | None:
        """Return the wait until it opens, None where it is open."""
        return Wait(self._until, doubtful=False) if self._until is not None and now < self._until else None

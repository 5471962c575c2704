"""A clock that stands: the demo's past is lived through one moment after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.clock import Clock

__all__ = ["Moment"]


class Moment:
    """A Clock that says *now*; what never steps is asked of *clock*."""

    def __init__(self, now: datetime, clock: Clock) -> None:
        self._now = now
        self.monotonic = clock.monotonic

    def now(self) -> datetime:
        """Return the moment."""
        return self._now

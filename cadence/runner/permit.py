"""Whether one request may leave, asked at the last moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence.runner.guard import Moment
    from cadence.runner.run import Run

__all__ = ["Permit"]


class Permit:
    """Asked by whoever sends the request once there is a connection, right before the first byte leaves.

    Making a connection takes long enough to be paused in, or for another answer to ask all to wait. A create may leave
    no later than its intent, of *intended*, allows; what may be done twice has none. May be called from any thread.
    """

    __slots__ = ("_intended", "_run", "was_refused")

    def __init__(self, run: Run, intended: Moment | None = None) -> None:
        self._run = run
        self._intended = intended
        self.was_refused = False

    def __call__(self) -> bool:
        """Return whether it may leave now; `was_refused` remembers a no."""
        guard = self._run.guard
        in_time = guard.holds() if self._intended is None else guard.may_send(self._intended)
        self.was_refused = self._run.is_held_back() or not in_time
        return not self.was_refused

"""Ask a ledger again that was away for a moment: a server that restarts ends no run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from cadence.errors import LedgerAway
from cadence.runner.progress import ProgressEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.runner.conditions import Conditions

__all__ = ["patient"]

_T = TypeVar("_T")
_SHORTEST_S = 0.1
_LONGEST_S = 2.0


def patient(conditions: Conditions) -> Conditions:
    """Return *conditions* whose machine does again in a thread what a ledger that is away did not answer.

    For what may be done twice. Nothing is sent meanwhile, for no intent is durable.
    """
    if isinstance(conditions.machine.in_thread, _Again):
        return conditions
    return replace(conditions, machine=replace(conditions.machine, in_thread=_Again(conditions)))


class _Again:
    """Knows since when the ledger has been away, whoever asks it: together they wait no longer than a lease lasts."""

    def __init__(self, conditions: Conditions) -> None:
        self._machine = conditions.machine
        self._clock = conditions.clock
        self._progress = conditions.progress
        self._patience_s = (conditions.pace.lease - conditions.pace.margin).total_seconds()
        self._away_since: float | None = None

    async def __call__(self, work: Callable[[], _T]) -> _T:
        """Return what *work* returns. Raises LedgerAway where that took too long."""
        pause_s = _SHORTEST_S
        while True:
            try:
                result: _T = await self._machine.in_thread(work)
            except LedgerAway as away:
                self._wait_for_it(away)
            else:
                self._away_since = None
                return result
            await self._machine.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_S)

    def _wait_for_it(self, away: LedgerAway) -> None:
        now = self._clock.monotonic()
        if self._away_since is None:
            self._away_since = now
        if now - self._away_since >= self._patience_s:
            raise away
        self._progress(ProgressEvent(0, 0, away.message, waiting=True))

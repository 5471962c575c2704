"""How far a run over many records is: its rate, and the time that is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.runner import ProgressEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.clock import Clock

__all__ = ["Meter"]


class Meter:
    """Turns what a batch tells of its activities into what the run tells of its records.

    *total* is about how many rows there are, None where nobody knows.
    """

    def __init__(self, tell: Callable[[ProgressEvent], None], *, total: int | None, clock: Clock) -> None:
        self._tell = tell
        self._total = total
        self._clock = clock
        self._began = clock.monotonic()
        self._done = 0
        self._batch = 0
        self._share = 0.0

    def start(self) -> None:
        """All is checked; the first row is next."""
        self._say(0, ProgressEvent(0, 0))

    def restart(self, rows: int) -> None:
        """All is written down, and goes on from the first row."""
        self._began, self._done, self._total = self._clock.monotonic(), 0, rows
        self.begin(rows)

    def begin(self, rows: int) -> None:
        """A batch of so many rows is begun."""
        self._batch, self._share = rows, 0.0

    def end(self, text: str = "") -> None:
        """The batch is done."""
        self._done, self._batch = self._done + self._batch, 0
        self._say(self._done, ProgressEvent(0, 0, text))

    def __call__(self, event: ProgressEvent) -> None:
        """Pass on what the batch tells; of a wait it does not tell how far it is."""
        if event.total:
            self._share = event.done / event.total
        self._say(self._done + int(self._batch * self._share), event)

    def _say(self, done: int, event: ProgressEvent) -> None:
        elapsed = self._clock.monotonic() - self._began
        rate = done / elapsed if done and elapsed else None
        total = max(self._total or 0, done)
        left = timedelta(seconds=(total - done) / rate) if rate and self._total is not None else None
        self._tell(replace(event, done=done, total=total, unit="records", rate=rate, left=left))

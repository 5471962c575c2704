"""A bulk run: many enrollments, sent in chunks by workers on any machine.

What is handed around is the run's id and positions in it; the ledger knows which enrollments those are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from cadence.errors import SubmissionError
from cadence.frozen import dataclass
from cadence.runner.progress import ProgressEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cadence.runner.stop import Stop

__all__ = ["BulkProgress", "Chunks", "Feed", "Halted", "Latest", "Span", "feed_of", "state_of"]

_LARGEST = 5000
_SMALLEST = 50
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Span:
    """The enrollments of a run at the positions from `first` up to, not including, `end`."""

    run: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Feed:
    """How far a run of `total` enrollments has been handed out, in chunks of `size`, `at_once` of them at a time.

    `again` holds spans that were handed out and came back unfinished; `done` counts enrollments. `since` is the last
    attempt in the ledger before the run; `heartbeat_s` is after how many seconds without a sign a worker is given up;
    `chunks_a_history` bounds what one workflow execution remembers.
    """

    run: str
    total: int
    since: int = 0
    size: int = _LARGEST
    at_once: int = _AT_ONCE
    heartbeat_s: float = 30.0
    chunks_a_history: int = 250
    next: int = 0
    done: int = 0
    again: tuple[Span, ...] = ()
    paused: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to hand out."""
        return self.next >= self.total and not self.again

    def take(self) -> tuple[Span, Feed]:
        """Return the next span, and the feed without it: first what came back."""
        if self.again:
            return self.again[0], replace(self, again=self.again[1:])
        span = Span(self.run, self.next, min(self.next + self.size, self.total))
        return span, replace(self, next=span.end)


def feed_of(run: str, total: int, *, since: int, heartbeat_s: float) -> Feed:
    """Return the feed of a new run; a small one is cut finer, so that several workers share it."""
    size = min(_LARGEST, max(_SMALLEST, -(-total // _AT_ONCE)))
    return Feed(run, total, since=since, size=size, heartbeat_s=heartbeat_s)


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """How a run stands: `done` of `total` enrollments. `state` is running, paused, completed, cancelled or failed.

    `trouble` says in words why a chunk waits to be tried again, `workers` how many poll for work, None where that was
    not asked.
    """

    run: str
    state: str
    done: int
    total: int
    since: int
    started_at: datetime
    trouble: tuple[str, ...] = ()
    workers: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be sent."""
        return self.state not in ("running", "paused")


_STATES = {"COMPLETED": "completed", "CANCELED": "cancelled"}
_GOING_ON = ("RUNNING", "CONTINUED_AS_NEW")


def state_of(status: str, *, paused: bool) -> str:
    """Return the state of a run whose workflow has *status*, by Temporal's name."""
    if status in _GOING_ON:
        return "paused" if paused else "running"
    return _STATES.get(status, "failed")


class Latest:
    """Keeps the last event of a chunk: what it tells of itself with each sign of life."""

    def __init__(self) -> None:
        self.event = ProgressEvent(0, 0)

    def __call__(self, event: ProgressEvent) -> None:
        """Keep *event*."""
        self.event = event


class Halted(SubmissionError):  # noqa: N818 - reads as the condition it names
    """Raised where a chunk ended before it was through; what is left is tried again."""


class Chunks(Protocol):
    """Sends what the enrollments of a span still need. Raises Halted where *stop*, or the target, ended it early."""

    async def __call__(self, span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
        """Return once nothing more can be done for the span now."""
        ...

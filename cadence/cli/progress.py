"""What is said while activities are submitted, on stderr."""

from __future__ import annotations

import math
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import click

from cadence.clock import SystemClock
from cadence.wording.dates import spoken_utc
from cadence.wording.text import printable

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from cadence.clock import Clock
    from cadence.runner import ProgressEvent

__all__ = ["Progress", "pace_text", "waiting_text"]


_EVERY_S = 10.0


class Progress:
    """A bar on a terminal; elsewhere a line where something has to be waited for, and in a long run now and then.

    A thousand records may wait at once: another wait is said only where it ends much later, or after a while.
    """

    def __init__(self, *, terminal: bool | None = None, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._told = self._clock.monotonic()
        self._waits: tuple[float, datetime] | None = None
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._bar: Any = None
        self._task: Any = None
        self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: ProgressEvent) -> None:
        """Show how far it is, and what it waits for."""
        if self._terminal:
            self._draw(event)
        elif event.waiting:
            self._say(waiting_text(event, self._clock.now()))
        elif event.waiting_until is not None:
            self._say_wait(event, event.waiting_until)
        elif event.rate is not None and self._clock.monotonic() - self._told >= _EVERY_S:
            self._told = self._clock.monotonic()
            self._say(f"{event.done} of {event.total} {event.unit}, {pace_text(event)}")

    def _draw(self, event: ProgressEvent) -> None:
        if self._bar is None:
            self._bar = _bar()
            self._task = self._bar.add_task("", total=event.total)
            self._bar.start()
        now = self._clock.now()
        waits = event.waiting or (event.waiting_until is not None and event.waiting_until > now)
        text = waiting_text(event, now) if waits else printable(event.text)
        if event.rate is not None and not event.waiting:
            text = f"{event.unit}, {pace_text(event)}"
        self._bar.update(self._task, completed=event.done, total=event.total, description=text)

    def _say_wait(self, event: ProgressEvent, until: datetime) -> None:
        now, at = self._clock.now(), self._clock.monotonic()
        if until <= now:
            return  # it is over already
        if self._waits is not None:
            said_at, said_until = self._waits
            if at - said_at < _EVERY_S and until - said_until < timedelta(seconds=_EVERY_S):
                return
        self._waits = at, until
        self._say(waiting_text(event, now))

    def _say(self, text: str) -> None:
        if text != self._said:
            click.echo(text, err=True)
            self._said = text


def waiting_text(event: ProgressEvent, now: datetime) -> str:
    """Return what is waited for, how long from *now* and until when, and that one may leave."""
    until = ""
    if event.waiting_until is not None:
        seconds = math.ceil((event.waiting_until - now).total_seconds())
        until = f" {_spoken_length(timedelta(seconds=seconds))}, until {spoken_utc(event.waiting_until)}"
    return f"waiting{until}: {printable(event.text)} (Ctrl-C leaves; running the same command again goes on)"


def pace_text(event: ProgressEvent) -> str:
    """Return "85 a second, 1 min 40 s left"."""
    rate = event.rate or 0.0
    speed = f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second"  # noqa: PLR2004 - two figures are enough
    return speed if event.left is None else f"{speed}, {_spoken_length(event.left)} left"


def _spoken_length(length: timedelta) -> str:
    """Return a length by its two greatest units: "2 h 5 min", "1 min 40 s"."""
    seconds = round(length.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    return Progress(*columns, console=Console(stderr=True), transient=True)

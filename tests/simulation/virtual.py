"""Virtual time: an event loop that jumps to the next timer instead of waiting for it."""

from __future__ import annotations

import asyncio
import math
import selectors
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_T = TypeVar("_T")


_MOST_TURNS = 50_000


class Standstill(Exception):  # noqa: N818 - reads as the condition it names
    """Nothing could wake the loop any more, before the last moment that counts, or time does not pass in it."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump
        self._turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Standstill
        self._turns = self._turns + 1 if timeout <= 0 else 0
        if self._turns > _MOST_TURNS:
            raise Standstill
        self._jump(max(timeout, 0.0))
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        super().__init__(_JumpingSelector(time.pass_by))

    def time(self) -> float:
        return self._time.elapsed


class VirtualTime:
    """Both clocks of a machine, in virtual time that goes on from loop to loop. `step` moves the wall clock alone."""

    START = datetime(2026, 11, 20, 15, tzinfo=UTC)

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.stepped = timedelta()
        self.last = math.inf

    def now(self) -> datetime:
        return (self.START + self.stepped + timedelta(seconds=self.elapsed)).replace(microsecond=0)

    def monotonic(self) -> float:
        return self.elapsed

    def pass_by(self, seconds: float) -> None:
        if seconds and self.elapsed + seconds > self.last:
            raise Standstill
        self.elapsed += seconds

    def step(self, by: timedelta) -> None:
        self.stepped += by

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        with asyncio.Runner(loop_factory=lambda: _VirtualLoop(self)) as runner:
            return runner.run(work)

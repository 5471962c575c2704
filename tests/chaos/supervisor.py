"""Sees to it that every part is played to its end, however often its process dies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.process import Actor

__all__ = ["Supervisor"]

_WITHIN_S = 600.0
_PATIENCE_S = 1.5


class Supervisor:
    """Starts every actor again until it ends well.

    After each of *pauses*, in seconds, *strike* meets the living, as soon as *aim* holds: it is not waited for long.
    """

    def __init__(
        self,
        actors: list[Actor],
        pauses: Sequence[float] = (),
        strike: Callable[[Sequence[Actor]], None] = lambda _: None,
        *,
        aim: Callable[[], bool] = lambda: True,
        keep: Callable[[], None] = lambda: None,
    ) -> None:
        self.actors = actors
        self.blows = 0
        self._pauses = list(pauses)
        self._strike = strike
        self._aim = aim
        self._keep = keep
        self._errors: list[str] = []

    def start(self) -> None:
        for actor in self.actors:
            actor.start()
        self._next = self._moment()

    def play(self, *, within_s: float = _WITHIN_S) -> bool:
        """Return whether all came to their end in time; those that did not live on."""
        deadline = time.monotonic() + within_s
        while living := [actor for actor in self.actors if not self._is_done(actor)]:
            if time.monotonic() > deadline:
                return False
            if self._is_time():
                self._strike(living)
                self.blows += 1
                self._next = self._moment()
            self._keep()
            time.sleep(0.01)  # noqa: TID251 - real processes keep real time
        return True

    def keep(self) -> None:
        """Start again what ended, however it did: these are to go on for as long as others play."""
        for actor in self.actors:
            if actor.code() is not None:
                actor.start()

    def end(self) -> None:
        for actor in self.actors:
            actor.kill()

    def complaints(self, *, done: bool) -> list[str]:
        """Return what is wrong where they were not *done* in time."""
        return [] if done else [f"it did not come to its end within {_WITHIN_S:g} s: {self._errors[-3:]}"]

    def _is_time(self) -> bool:
        late = time.monotonic() - self._next
        return late > 0 and (self._aim() or late > _PATIENCE_S)

    def _moment(self) -> float:
        return time.monotonic() + self._pauses.pop() if self._pauses else float("inf")

    def _is_done(self, actor: Actor) -> bool:
        code = actor.code()
        if code in (None, 0):
            return code == 0
        self._errors.append(f"{actor.name} ended with {code}: {actor.said()[-200:]}")
        actor.start()
        return False

"""Where a process may die, in the words of the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence.model.entry import State
from tests.simulation.process import Fuse, When

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.ledger import Transition


@dataclass(frozen=True)
class Point:
    """A side of a call. It comes up to `times` times in a run, of which one is drawn.

    `in_doubt` is for what only happens where something is in doubt: there, a process before this one died while its
    request was out.
    """

    name: str
    when: When
    matches: Callable[[str, tuple[Any, ...]], bool]
    times: int = 1
    amid_s: float = 0.0
    in_doubt: bool = False

    def __str__(self) -> str:
        return self.name

    def fuse(self, draw: float) -> Fuse:
        return Fuse(1 + int(draw * self.times), self.when, self.matches, self.amid_s)


def _call(name: str) -> Callable[[str, tuple[Any, ...]], bool]:
    return lambda called, _args: called == name


def _commit_of(is_one: Callable[[Transition], bool]) -> Callable[[str, tuple[Any, ...]], bool]:
    return lambda called, args: called == "save" and any(is_one(each) for each in args[0])


def _quiet(called: str, args: tuple[Any, ...]) -> bool:
    """Return whether this is the sleep through a quiet period: no other is as long."""
    return called == "sleep" and args[0] > 30


def kinds_of(name: str, args: tuple[Any, ...]) -> set[str]:
    """Return what a call of the ledger commits."""
    if name != "save":
        return {name}
    return {kind for kind, matches in _SAVES.items() if matches(name, args)}


_INTENT = _commit_of(lambda each: each.entry.state is State.SENDING)
_OUTCOME = _commit_of(lambda each: each.attempt is not None and each.attempt.operation == "create")
_VERDICT = _commit_of(lambda each: each.attempt is not None and each.attempt.operation == "probe")
_SAVES = {"intent": _INTENT, "outcome": _OUTCOME, "verdict": _VERDICT}
_POST = _call("create_activity")
_LOOK = _call("find_activities")

OUT = Point("a POST is out, not applied", When.AMID, _POST, times=4, amid_s=0.02)
POINTS = (
    Point("before the lease is claimed", When.BEFORE, _call("claim")),
    Point("after the lease is claimed", When.AFTER, _call("claim")),
    Point("before the plan is recorded", When.BEFORE, _call("record")),
    Point("after the plan is recorded", When.AFTER, _call("record")),
    Point("before the lease is renewed", When.BEFORE, _call("renew")),
    Point("after the lease is renewed", When.AFTER, _call("renew")),
    Point("before an intent is committed", When.BEFORE, _INTENT, times=4),
    Point("after an intent is committed", When.AFTER, _INTENT, times=4),
    Point("before a POST begins", When.BEFORE, _POST, times=4),
    OUT,
    Point("a POST is applied, not answered", When.AMID, _POST, times=4, amid_s=0.07),
    Point("a POST is answered", When.AFTER, _POST, times=4),
    Point("before an outcome is committed", When.BEFORE, _OUTCOME, times=3),
    Point("after an outcome is committed", When.AFTER, _OUTCOME, times=3),
    Point("in a quiet period", When.AMID, _quiet, amid_s=25.0, in_doubt=True),
    Point("before a look", When.BEFORE, _LOOK, in_doubt=True),
    Point("after a look", When.AFTER, _LOOK, in_doubt=True),
    Point("before a verdict is committed", When.BEFORE, _VERDICT, in_doubt=True),
    Point("after a verdict is committed", When.AFTER, _VERDICT, in_doubt=True),
    Point("before the lease is released", When.BEFORE, _call("release")),
    Point("after the lease is released", When.AFTER, _call("release")),
)

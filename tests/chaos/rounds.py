"""A round: a few processes at work on one ledger, killed at random moments until all is done; or one that is stopped."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.chaos.book import read_book
from tests.chaos.child import Stop
from tests.chaos.judge import Verdict, judge
from tests.chaos.process import Actor, until
from tests.chaos.project import Cast
from tests.chaos.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random  # noqa: TID251 - seeded, so that a round can be repeated

    from cadence.model.plan import Plan
    from tests.chaos.child import Bug
    from tests.chaos.project import Project

__all__ = ["bulk_cast_of", "cast_of", "play_bulk", "play_bulk_stop", "play_kills", "play_stop", "stop_of"]

_TAKEN_OVER = "was taken over by another run because it was not renewed in time"
_TAKEOVER_S = 90.0
_WORD_S = 30.0
_SAY_S = 0.5
_WORKING = ("worker", "--engine", "temporal")
_POINTS = (
    ("guard.py", "may_send"),
    ("guard.py", "save"),
    ("journal.py", "write"),
    ("journal.py", "_commit"),
    ("errand.py", "_create"),
    ("errand.py", "_answered"),
    ("errand.py", "_flush"),
    ("throttle.py", "come"),
    ("ledger.py", "save"),
    ("statements.py", "put_entries"),
    ("claiming.py", "renew"),
)


def cast_of(chance: Random, number: int) -> Cast:
    """Return a cast of a few dozen steps; of a few, where the account asks to slow down, as every tenth does."""
    if number % 10 == 0:
        return Cast(3, 2, share=0.05, busy=True)
    return Cast(chance.randint(4, 12), chance.randint(2, 5), share=chance.uniform(0.02, 0.15))


def bulk_cast_of(chance: Random) -> Cast:
    """Return a cast of more than one chunk, so that both workers have something to do."""
    return Cast(chance.randint(51, 64), 2, share=chance.uniform(0.02, 0.1))


def stop_of(chance: Random, cast: Cast) -> Stop:
    """Return a moment of a run to stop at: before a request, an intent, a commit, a renewal, or within one."""
    return Stop(*chance.choice(_POINTS), chance.randint(1, cast.enrollments * cast.steps))


def play_kills(
    project: Project,
    chance: Random,
    cast: Cast,
    *,
    bug: Bug | None = None,
    crash: Callable[[], None] | None = None,
) -> Verdict:
    """Return what came of two processes that were killed again and again; *crash* is what else falls, once."""
    plans, actors = _parts(project, chance, cast, bug=bug)
    falls = [crash] if crash else []

    def strike(living: Sequence[Actor]) -> None:
        _strike(chance.choice(living), falls)

    pauses = [chance.uniform(0.1, 0.9) for _ in range(chance.randint(2, 6))]
    return _played(project, plans, Supervisor(actors, pauses, strike, aim=_aim(project, chance)))


def _strike(actor: Actor, falls: list[Callable[[], None]]) -> None:
    """Kill it, and let fall what is to fall with it; start it again."""
    actor.kill()
    if falls:
        falls.pop()()
    actor.start()


def _aim(project: Project, chance: Random) -> Callable[[], bool]:
    """Return when to strike: at any moment, or while a request is out."""
    return chance.choice((lambda: True, project.is_busy))


def _parts(project: Project, chance: Random, cast: Cast, *, bug: Bug | None) -> tuple[list[Plan], list[Actor]]:
    """Return two processes that apply plans of their own, or the same one, or of which one settles what is open."""
    plan, path = project.plan(cast, name="plan")
    one, other = project.part("one"), project.part("other")
    first = Actor(one, "apply", path, bug=bug)
    match chance.choice(("apart", "together", "settle")):
        case "apart":
            another, other_path = project.plan(cast, name="other-plan", first=cast.enrollments)
            return [plan, another], [first, Actor(other, "apply", other_path, bug=bug)]
        case "together":
            return [plan], [first, Actor(other, "apply", path, bug=bug)]
        case _:
            return [plan], [first, Actor(other, "settle", bug=bug)]


def _played(project: Project, plans: list[Plan], supervisor: Supervisor) -> Verdict:
    supervisor.start()
    done = supervisor.play()
    supervisor.end()
    verdict = judge(project, plans)
    verdict.kills = supervisor.blows
    verdict.broken += supervisor.complaints(done=done)
    return verdict


def play_stop(project: Project, cast: Cast, stop: Stop, *, bug: Bug | None = None) -> Verdict:
    """Return what came of a process that stood still while another took over, and then woke."""
    plan, path = project.plan(cast, name="plan")
    one = Actor(project.part("one"), "apply", path, bug=bug, stop=stop)
    other = Supervisor([Actor(project.part("other"), "apply", path)])
    one.start()
    stopped = _stands_still(one, lambda: one.code() == 0)
    other.start()
    taken_over = _takes_over(other)
    woken = _wake(one)
    done = other.play()
    other.end()
    verdict = _stop_verdict(project, plan, other, stopped=stopped, done=done)
    if stopped and taken_over:
        verdict.broken += _after_waking(project, one, at=woken)
    one.kill()
    return verdict


def _stop_verdict(project: Project, plan: Plan, others: Supervisor, *, stopped: bool, done: bool) -> Verdict:
    verdict = judge(project, [plan])
    verdict.stops = int(stopped)
    verdict.broken += others.complaints(done=done)
    return verdict


def _stands_still(actor: Actor, ended: Callable[[], bool]) -> bool:
    """Return whether it came to stand still before all *ended*; where its process failed, another one has to."""

    def so_far() -> bool:
        if actor.code() not in (None, 0):
            actor.start()
        return actor.is_stopped() or ended()

    until(so_far, within=60, what=f"the stop: {actor.said()}")
    return actor.is_stopped()


def _takes_over(others: Supervisor) -> bool:
    """Return whether they came to their end meanwhile; not where the one that stands still has SQLite's lock."""
    deadline = time.monotonic() + _TAKEOVER_S
    while not (done := others.play(within_s=1)):
        if time.monotonic() > deadline or any("is locked by" in actor.said() for actor in others.actors):
            break
    return done


def _wake(actor: Actor) -> float:
    """Let it go on, and have its say; return the moment it woke."""
    woken = actor.wake()
    with suppress(TimeoutError):
        until(lambda: actor.code() is not None or _TAKEN_OVER in actor.said(), within=_WORD_S, what="its word")
    actor.code(within=_SAY_S)  # what it may have begun to send arrives
    return woken


def _after_waking(project: Project, stopped: Actor, *, at: float) -> Iterator[str]:
    """Yield what a process did that had been taken over from, and what it did not say."""
    others = [line for line in read_book(project.book) if line.what == "asked" and line.user != stopped.name]
    if others and _TAKEN_OVER not in stopped.said():
        yield f"the process that was stopped did not say that it was taken over from: {stopped.said()[-300:]}"
    asked = [line for line in read_book(project.book) if line.what == "asked" and line.user == stopped.name]
    yield from (f"{line.marker} was sent after the lease" for line in asked if line.at > at)


def play_bulk(project: Project, chance: Random, cast: Cast, *, crash: Callable[[], None] | None = None) -> Verdict:
    """Return what came of a bulk run while its workers, and the command that follows it, were killed."""
    plan, path = project.plan(cast, name="plan")
    follower = Actor(project.part("follower"), "apply", path, "--engine", "temporal")
    workers = Supervisor([Actor(project.part(name), *_WORKING) for name in ("one", "other")])

    def strike(_: Sequence[Actor]) -> None:
        _strike(chance.choice((*workers.actors, *workers.actors, follower)), falls)

    falls = [crash] if crash else []
    workers.start()
    pauses = [chance.uniform(0.5, 2.5) for _ in range(chance.randint(1, 3))]
    verdict = _played(
        project, [plan], Supervisor([follower], pauses, strike, aim=_aim(project, chance), keep=workers.keep)
    )
    workers.end()
    return verdict


def play_bulk_stop(project: Project, cast: Cast, stop: Stop) -> Verdict:
    """Return what came of a worker that stood still while another took over its chunk, and then woke."""
    plan, path = project.plan(cast, name="plan")
    one, other = Actor(project.part("one"), *_WORKING, stop=stop), Actor(project.part("other"), *_WORKING)
    follower = Supervisor([Actor(project.part("follower"), "apply", path, "--engine", "temporal")])
    one.start()
    follower.start()
    stopped = _stands_still(one, lambda: follower.play(within_s=0))
    other.start()
    taken_over = _takes_over(follower)
    woken = _wake(one)
    done = follower.play()
    follower.end()
    verdict = _stop_verdict(project, plan, follower, stopped=stopped, done=done)
    if stopped and taken_over:
        verdict.broken += _after_waking(project, one, at=woken)
    one.kill()
    other.kill()
    return verdict

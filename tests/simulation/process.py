"""Processes that die at a chosen call: before it has any effect, in the middle of it, or after it had all."""

from __future__ import annotations

import asyncio
import inspect
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from cadence.ledger import Holder
from cadence.runner import Conditions, Pace, submit
from cadence.runner.port import Machine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence.model.plan import Plan, Report
    from tests.simulation.crm import ScriptedCrm
    from tests.simulation.stores import Store
    from tests.simulation.virtual import VirtualTime

CALLER: ContextVar[int] = ContextVar("CALLER", default=0)  # which process a request comes from


class Crash(BaseException):
    """The process is gone. Not an Exception: no handler may run on."""


class When(StrEnum):
    """On which side of a call a process dies."""

    BEFORE = "before"
    AMID = "amid"
    AFTER = "after"


def _any(_name: str, _args: tuple[Any, ...]) -> bool:
    return True


@dataclass
class Fuse:
    """Blows at call number `at` of those that match; once it blew, no further call has any effect.

    `amid_s` is how long after the beginning of a request, or of a sleep, a process dies in the middle of it.
    """

    at: int | None = None
    when: When = When.BEFORE
    matches: Callable[[str, tuple[Any, ...]], bool] = _any
    amid_s: float = 0.0
    calls: int = 0
    blown: bool = False

    def before(self, name: str, args: tuple[Any, ...]) -> bool:
        """Return whether this is the call."""
        if self.blown:
            raise Crash
        if not self.matches(name, args):
            return False
        self.calls += 1
        chosen = self.calls == self.at
        if chosen and self.when is When.BEFORE:
            self.blow()
        return chosen

    def blows_amid(self, name: str, *args: Any) -> bool:
        """Return whether to blow in the middle of this call; only those that may are counted."""
        if self.blown or self.when is not When.AMID or not self.matches(name, args):
            return False
        self.calls += 1
        return self.calls == self.at

    async def amid(self, waiting: Awaitable[Any], *, chosen: bool) -> Any:
        if not chosen or self.when is not When.AMID:
            return await waiting
        asyncio.ensure_future(waiting).add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.sleep(self.amid_s)
        return self.blow()

    def passed(self, *, chosen: bool) -> None:
        if self.blown or (chosen and self.when is When.AFTER):
            self.blow()

    def blow(self) -> None:
        self.blown = True
        raise Crash


class Fused:
    """Stands before a ledger or a CRM and passes every call through the fuse."""

    def __init__(self, target: Any, fuse: Fuse) -> None:
        self._target = target
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        if inspect.isasyncgenfunction(method):
            return partial(self._listing, name, method)
        if inspect.iscoroutinefunction(method):
            return partial(self._request, name, method)
        return partial(self._call, name, method)

    def _call(self, name: str, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        chosen = self._fuse.before(name, args)
        result = method(*args, **kwargs)
        self._fuse.passed(chosen=chosen)
        return result

    async def _request(self, name: str, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        chosen = self._fuse.before(name, args)
        answer = await self._fuse.amid(method(*args, **kwargs), chosen=chosen)
        self._fuse.passed(chosen=chosen)
        return answer

    async def _listing(self, name: str, method: Callable[..., Any], /, **kwargs: Any) -> Any:
        chosen = self._fuse.before(name, ())
        async for each in method(**kwargs):
            yield each
        self._fuse.passed(chosen=chosen)


def a_draw_of_a_half() -> float:
    return 0.5


async def _at_once(work: Callable[[], Any]) -> Any:
    return work()


MACHINE = Machine(in_thread=_at_once, draw=a_draw_of_a_half)


def fused_machine(machine: Machine, fuse: Fuse) -> Machine:
    """Return *machine*, on which the process may die in its sleep; it shows with its next call."""

    async def sleep(seconds: float) -> None:
        if fuse.blows_amid("sleep", seconds):
            await machine.sleep(fuse.amid_s)
            fuse.blown = True
        else:
            await machine.sleep(seconds)

    return Machine(sleep, machine.in_thread, machine.draw)


@dataclass
class Host:
    """A machine on which one process after the other applies a plan.

    Those that crashed are known to be dead, unless `knows_the_dead` is False: then their leases must run out.
    """

    time: VirtualTime
    crm: ScriptedCrm
    store: Store
    pace: Pace = field(default_factory=Pace)
    machine: Machine = MACHINE
    knows_the_dead: bool = True
    started: int = 0
    dead: set[int] = field(default_factory=set)

    def apply(self, plan: Plan, *, fuse: Fuse | None = None) -> Report | None:
        """Return the report of one process, None where it crashed."""
        return self.time.run(self.process(plan, fuse=fuse))

    async def process(self, plan: Plan, *, fuse: Fuse | None = None) -> Report | None:
        """Be one process, so that several may run at a time."""
        fuse = fuse or Fuse()
        self.started += 1
        me = self.started
        CALLER.set(me)
        with self.store.opened(Holder(me, "simulated"), self._is_gone) as ledger:
            machine = fused_machine(self.machine, fuse)
            conditions = Conditions(self.time, by="test", pace=self.pace, machine=machine)
            try:
                return await submit(Fused(ledger, fuse), Fused(self.crm, fuse), plan, conditions=conditions)  # type: ignore[arg-type]
            except Crash:
                return None
            finally:
                self.dead.add(me)

    def _is_gone(self, other: Holder) -> bool:
        return self.knows_the_dead and other.pid in self.dead

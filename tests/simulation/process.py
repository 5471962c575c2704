"""Processes that die at a chosen call: before it has any effect, or after it had all."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence.ledger import Holder, open_ledger
from cadence.runner import Conditions, Pace, submit
from cadence.runner.port import Machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence.model.plan import Plan, Report
    from tests.simulation.crm import ScriptedCrm
    from tests.simulation.virtual import VirtualTime


class Crash(BaseException):
    """The process is gone. Not an Exception: no handler may run on."""


@dataclass
class Fuse:
    """Blows at call number `at`, before or after it; once it blew, no further call has any effect."""

    at: int | None = None
    after: bool = False
    calls: int = 0
    blown: bool = False
    names: list[str] = field(default_factory=list)

    def before(self, name: str) -> None:
        if self.blown:
            raise Crash
        self.calls += 1
        self.names.append(name)
        if self.calls == self.at and not self.after:
            self.blown = True
            raise Crash

    def passed(self, call: int) -> None:
        if self.blown or (self.after and call == self.at):
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
            return self._listing(name, method)
        if inspect.iscoroutinefunction(method):
            return self._request(name, method)
        return self._call(name, method)

    def _call(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.before(name)
            mine = self._fuse.calls
            result = method(*args, **kwargs)
            self._fuse.passed(mine)
            return result

        return call

    def _request(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        async def request(*args: Any) -> Any:
            self._fuse.before(name)
            mine = self._fuse.calls
            answer = await method(*args)
            self._fuse.passed(mine)
            return answer

        return request

    def _listing(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        async def listing(**kwargs: Any) -> Any:
            self._fuse.before(name)
            mine = self._fuse.calls
            async for each in method(**kwargs):
                yield each
            self._fuse.passed(mine)

        return listing


def a_draw_of_a_half() -> float:
    return 0.5


async def _at_once(work: Callable[[], Any]) -> Any:
    return work()


MACHINE = Machine(in_thread=_at_once, draw=a_draw_of_a_half)


@dataclass
class Host:
    """A machine on which one process after the other applies a plan; those that crashed are known to be dead."""

    time: VirtualTime
    crm: ScriptedCrm
    path: Path
    pace: Pace = field(default_factory=Pace)
    started: int = 0
    dead: set[int] = field(default_factory=set)

    def apply(self, plan: Plan, *, fuse: Fuse | None = None) -> Report | None:
        """Return the report of one process, None where it crashed."""
        fuse = fuse or Fuse()
        self.started += 1
        holder = Holder(self.started, "simulated")
        ledger = open_ledger(str(self.path), holder=holder, gone=lambda other: other.pid in self.dead)
        conditions = Conditions(self.time, by="test", pace=self.pace, machine=MACHINE)
        ledger_, crm_ = Fused(ledger, fuse), Fused(self.crm, fuse)
        try:
            return self.time.run(submit(ledger_, crm_, plan, conditions=conditions))  # type: ignore[arg-type]
        except Crash:
            self.dead.add(self.started)
            return None
        finally:
            ledger.close()

"""A wall clock that is set an hour forward or back, at any moment, sends nothing twice, early or unnoted."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded: the same history on every run
from typing import TYPE_CHECKING

import pytest

from cadence.ledger import LeaseLost
from cadence.model.plan import Report
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.history import carried_out, play
from tests.simulation.laws import IntentWatch, broken, disagreements
from tests.simulation.plans import plan_of
from tests.simulation.points import POINTS
from tests.simulation.process import Host
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.stores import MemoryStore

HOUR = timedelta(hours=1)
SLOW = next(fault for fault in FAULTS if fault.name == "time-out, applied before it ends")
LATE = next(fault for fault in FAULTS if fault.name == "reset, applied late")


@pytest.mark.slow
@pytest.mark.parametrize("set_by", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_at_a_crash(memory: MemoryStore, set_by: timedelta, figures: Callable[..., None]) -> None:
    counts: Counter[str] = Counter()
    for point in POINTS:
        for seed in range(2):
            memory.clear()
            history = play(memory, LATE, point=point, seed=seed, set_by=set_by)
            assert history.broken == [], f"{point}, seed {seed}"
            counts.update(history.counts)
    figures("clock set by an hour at a crash", **counts)


@pytest.mark.slow
@pytest.mark.parametrize("set_by", [HOUR, -HOUR], ids=["forward", "back"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_clock_that_is_set_while_a_run_goes_on(memory: MemoryStore, fault: Fault, set_by: timedelta) -> None:
    for seed, after_s in enumerate((0.0, 0.06, 5.0, 25.0, 61.0)):
        memory.clear()
        time, chance = VirtualTime(), Random(f"{fault}/{seed}")  # noqa: S311 - to be played again, no secret

        def script(number: int, time: VirtualTime = time, after_s: float = after_s) -> Fault:
            if number == 1:
                asyncio.get_running_loop().call_later(after_s, time.step, set_by)
            return fault if number < 3 else OK

        history = carried_out(memory, script, [], chance=chance, time=time)
        assert history.broken == [], f"set {after_s} s after a request began"


def test_a_clock_that_is_set_forward_in_the_middle_of_a_lease(memory: MemoryStore) -> None:
    """The lease of a run that lives seems to be over: another takes it, and the first sends nothing more."""
    memory.clear()
    time, watch = VirtualTime(), IntentWatch(memory)
    crm = ScriptedCrm(time, lambda number: SLOW if number == 0 else OK, watch)
    host = Host(time, crm, memory)
    plan = plan_of(2, 3, now=time.now())

    async def both() -> list[Report | LeaseLost | None]:
        first = asyncio.create_task(host.process(plan))
        await asyncio.sleep(5)
        time.step(HOUR)
        second = asyncio.create_task(host.process(plan))
        return await asyncio.gather(first, second, return_exceptions=True)  # type: ignore[return-value]

    handler = signal.getsignal(signal.SIGINT)
    first, second = time.run(both())
    signal.signal(signal.SIGINT, handler)
    assert isinstance(first, LeaseLost)
    assert isinstance(second, Report)
    assert [*broken(crm, plan, quiet_s=60), *watch.without_intent, *disagreements(crm, memory)] == []

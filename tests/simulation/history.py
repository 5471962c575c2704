"""One history: some processes die, others carry on, and every law is asked of what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded: the same history on every run
from typing import TYPE_CHECKING, Any

from cadence.delivery.terms import Terms
from cadence.runner import Pace
from cadence.runner.port import Machine
from tests.simulation.crm import OK, ScriptedCrm
from tests.simulation.laws import IntentWatch, broken, disagreements
from tests.simulation.plans import plan_of
from tests.simulation.points import OUT
from tests.simulation.process import Host
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.model.plan import Plan
    from tests.simulation.crm import Fault
    from tests.simulation.points import Point
    from tests.simulation.process import Fuse
    from tests.simulation.stores import Store

QUIET_S = 60.0
_CARRY_ON = 12
_SHARE = 1 / 3


@dataclass
class History:
    """What a history came to: the laws it broke and its counts."""

    broken: list[str]
    counts: Counter[str] = field(default_factory=Counter)


def machine_of(chance: Random) -> Machine:
    """Return a machine on which every commit takes its time, before and after it is done."""

    async def in_thread(work: Callable[[], Any]) -> Any:
        await asyncio.sleep(chance.choice((0.0, 0.001, 0.03)))
        result = work()
        await asyncio.sleep(chance.choice((0.0, 0.001, 0.03)))
        return result

    return Machine(in_thread=in_thread, draw=chance.random)


def play(store: Store, fault: Fault, *, point: Point | None, seed: int, set_by: timedelta = timedelta()) -> History:
    """Play what *seed* draws: which creates meet *fault*, how long everything takes, which of its kind the crash hits.

    Some machines see that a process is dead, on others its lease has to run out. After each crash the wall clock is
    *set_by* that much.
    """
    chance = Random(f"{point}/{fault}/{seed}")  # noqa: S311 - a history to be played again, no secret
    fuses = [OUT.fuse(chance.random())] if point is not None and point.in_doubt else []
    fuses += [point.fuse(chance.random())] if point is not None else []
    return carried_out(store, lambda _: fault if chance.random() < _SHARE else OK, fuses, chance=chance, set_by=set_by)


def carried_out(
    store: Store,
    script: Callable[[int], Fault],
    fuses: list[Fuse],
    *,
    chance: Random,
    time: VirtualTime | None = None,
    set_by: timedelta = timedelta(),
) -> History:
    """Return what became of a plan that processes with *fuses* applied, and others after them until it was done."""
    time = time or VirtualTime()
    watch = IntentWatch(store)
    crm = ScriptedCrm(time, script, watch, jitter=lambda: chance.choice((0.0, 0.0, 0.04, 0.3)))
    pace = Pace(terms=Terms(quiet=timedelta(seconds=QUIET_S)), concurrency=2)
    host = Host(time, crm, store, pace, machine_of(chance), knows_the_dead=bool(set_by) or chance.random() < 0.8)
    plan = plan_of(2, 3, now=time.now())
    crashes = 0
    for fuse in fuses:
        crashes += host.apply(plan, fuse=fuse) is None
        time.step(set_by)
        time.pass_by(chance.choice((0.0, 1.0, 20.0)) if host.knows_the_dead else pace.lease.total_seconds() + 1)
    unfinished = []
    for _ in range(_CARRY_ON):
        report = host.apply(plan)
        if report is not None and not (report.held or report.in_doubt or report.parked):
            break
    else:
        unfinished = ["it was never done"]
    found = [*broken(crm, plan, quiet_s=QUIET_S), *watch.without_intent, *disagreements(crm, store), *unfinished]
    return History(found, Counter(runs=1, crashes=crashes, **_counted(crm, plan, store)))


def _counted(crm: ScriptedCrm, plan: Plan, store: Store) -> dict[str, int]:
    held = {activity.marker for activity in crm.activities.values()}
    ((adopted,),) = store.rows("SELECT count(*) FROM attempts WHERE operation = 'probe' AND outcome = 'found'")
    return {
        "sends": len(crm.sent),
        "looks": len(crm.probed),
        "adopted": adopted,
        "doubled": len(crm.activities) - len(held),
        "lost": sum(activity.marker not in held for activity in plan.activities),
    }

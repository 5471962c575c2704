"""A whole day: 40,000 steps, every answer there is now and then, and 40 processes that die at some call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded: the same day on every run
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.terms import Terms
from cadence.runner import Pace
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.history import machine_of
from tests.simulation.laws import IntentWatch, broken, disagreements
from tests.simulation.plans import plan_of
from tests.simulation.process import Fuse, Host, When
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.model.plan import Plan
    from tests.simulation.stores import MemoryStore

TIMES = 20
RECORDS = 400
STEPS = 5
CRASHES = 2
EVERY_S = 24 * 3600.0 / TIMES


def applied(host: Host, plan: Plan, chance: Random) -> int:
    """Apply *plan* until it is done; return how many processes died of it."""
    crashes = 0
    while True:
        fuse = Fuse(chance.randrange(5, 1500), chance.choice((When.BEFORE, When.AFTER)))
        report = host.apply(plan, fuse=fuse if crashes < CRASHES else None)
        crashes += report is None
        if report is not None and not (report.held or report.in_doubt or report.parked):
            return crashes


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_day_of_40_000_steps_and_40_crashes_sends_each_of_them_once(
    memory: MemoryStore, figures: Callable[..., None]
) -> None:
    memory.clear()
    time, chance = VirtualTime(), Random(7)  # noqa: S311 - a day to be played again, no secret

    def script(_number: int) -> Fault:
        return chance.choice(FAULTS) if chance.random() < 0.02 else OK

    watch = IntentWatch(memory)
    crm = ScriptedCrm(time, script, watch, jitter=lambda: chance.choice((0.0, 0.02, 0.3)))
    pace = Pace(terms=Terms(quiet=timedelta(seconds=60)), concurrency=32)
    host = Host(time, crm, memory, pace, machine_of(chance))
    day = plan_of(TIMES * RECORDS, STEPS, now=time.now())
    crashes, earlier = 0, dict(crm.activities)
    for turn in range(TIMES):
        time.pass_by(max(0.0, turn * EVERY_S - time.elapsed))
        first = turn * RECORDS
        crashes += applied(host, replace(day, enrollments=day.enrollments[first : first + RECORDS]), chance)
        earlier |= crm.activities
        crm.activities.clear()  # a list of tens of thousands, read at every look, would only make the test slow
    crm.activities = earlier
    assert [*broken(crm, day, quiet_s=60), *watch.without_intent, *disagreements(crm, memory)] == []
    steps = len(crm.activities)
    assert (steps, crashes) == (TIMES * RECORDS * STEPS, TIMES * CRASHES)
    counts = {"sends": len(crm.sent), "looks": len(crm.probed), "doubled": 0, "lost": 0}
    figures("virtual day", steps=steps, crashes=crashes, **counts)

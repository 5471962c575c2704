"""No crash loses an activity or makes two of it, wherever it comes and whatever the CRM answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.terms import Terms
from cadence.runner import Pace
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.laws import IntentWatch, broken
from tests.simulation.plans import plan_of
from tests.simulation.process import Fuse, Host
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from pathlib import Path

QUIET_S = 60.0
PACE = Pace(terms=Terms(quiet=timedelta(seconds=QUIET_S)), concurrency=2)


def play(path: Path, fault: Fault, *, crash_at: int | None, after: bool, seed: int = 0) -> tuple[list[str], bool]:
    """Return the broken laws, and whether the crash came to pass: one create in three meets *fault*."""
    time = VirtualTime()
    watch = IntentWatch(path)
    crm = ScriptedCrm(time, script=lambda n: fault if n % 3 == seed % 3 else OK, watch=watch)
    host = Host(time, crm, path, PACE)
    plan = plan_of(2, 3, now=time.now())
    fuse = Fuse(crash_at, after)
    report = host.apply(plan, fuse=fuse)
    crashed = report is None
    for _ in range(5):
        time.pass_by(seed)
        report = host.apply(plan)
        if report is not None and not (report.held or report.in_doubt or report.parked):
            break
    return [*broken(crm, plan, quiet_s=QUIET_S), *watch.without_intent], crashed


_STRIDE = 6


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
def test_a_crash_at_any_call_loses_nothing_and_doubles_nothing(tmp_path: Path, fault: Fault, after: bool) -> None:
    first = 1 + (FAULTS.index(fault) + 3 * after) % _STRIDE  # the faults together meet every call
    for crash_at in range(first, 200, _STRIDE):
        found, crashed = play(tmp_path / f"{crash_at}.db", fault, crash_at=crash_at, after=after, seed=crash_at)
        assert found == [], f"crash at call {crash_at}"
        if not crashed:
            break
    assert crash_at > 12, "the run had fewer calls than it must have"

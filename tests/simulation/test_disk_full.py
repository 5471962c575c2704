"""A disk that is full at any commit: nothing is sent that is not noted, and with room again all is sent once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random  # noqa: TID251 - seeded: the same history on every run
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.terms import Terms
from cadence.errors import LedgerError
from cadence.runner import Pace
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.history import machine_of
from tests.simulation.laws import IntentWatch, broken, disagreements
from tests.simulation.plans import plan_of
from tests.simulation.points import kinds_of
from tests.simulation.process import Fuse, Host
from tests.simulation.stores import MemoryStore
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence.model.plan import Plan

_FAULT = next(fault for fault in FAULTS if fault.name == "500, applied")
_WRITES = {"claim", "record", "save", "renew", "reserve", "release"}
_COMMITS = {"claim", "record", "intent", "outcome", "verdict", "release"}
_FULL = "ledger ':memory:' cannot grow: the disk is full; make room; nothing was sent that is not in the ledger"


class Filling(Fuse):
    """Fills the disk before commit number `full_at`, and remembers which commit failed of it first."""

    def __init__(self, store: MemoryStore, full_at: int) -> None:
        super().__init__()
        self._store = store
        self._full_at = full_at
        self.under_way: set[str] = set()
        self.failed: set[str] = set()

    def before(self, name: str, args: tuple[Any, ...]) -> bool:
        if name not in _WRITES:
            return False
        self.calls += 1
        if self.calls == self._full_at:
            self._store.fill()
        self.failed = self.failed or self.under_way
        self.under_way = kinds_of(name, args)
        return True

    def passed(self, *, chosen: bool) -> None:
        if chosen:
            self.under_way = set()


@pytest.fixture
def small() -> Iterator[MemoryStore]:
    store = MemoryStore(ballast=True)
    yield store
    store.close()


def told(host: Host, plan: Plan, fuse: Fuse) -> str:
    """Apply the plan and return what the run complained of."""
    try:
        host.apply(plan, fuse=fuse)
    except LedgerError as error:
        return str(error)
    return ""


@pytest.mark.slow
def test_a_disk_that_is_full_at_any_commit(small: MemoryStore, figures: Callable[..., None]) -> None:
    hit: Counter[str] = Counter()
    for full_at in range(1, 40):
        small.clear()
        chance, time, watch = Random(1), VirtualTime(), IntentWatch(small)  # noqa: S311 - to be played again

        def script(number: int) -> Fault:
            return _FAULT if number % 3 == 0 else OK

        crm = ScriptedCrm(time, script, watch)
        pace = Pace(terms=Terms(quiet=timedelta(seconds=60)), concurrency=2)
        host = Host(time, crm, small, pace, machine_of(chance))
        plan = plan_of(2, 3, now=time.now())
        filling = Filling(small, full_at)
        assert told(host, plan, filling) in {"", _FULL}
        hit.update(filling.failed or filling.under_way)
        if filling.calls < full_at:
            break
        small.make_room()
        host.apply(plan)
        found = [*broken(crm, plan, quiet_s=60), *watch.without_intent, *disagreements(crm, small)]
        assert found == [], f"full at call {full_at}"
    assert set(hit) >= _COMMITS
    figures("disk full, runs that failed by the commit it hit", **hit, doubled=0, lost=0)

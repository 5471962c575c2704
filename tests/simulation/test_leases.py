"""Two runs never send for the same enrollment, however long one of them was stopped."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.ledger import Held, LeaseLost, open_ledger
from cadence.ledger.holder import Holder
from cadence.runner import Conditions, Pace, submit
from cadence.runner.guard import Guard
from tests.simulation.crm import ScriptedCrm
from tests.simulation.laws import broken
from tests.simulation.plans import plan_of
from tests.simulation.process import MACHINE
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cadence.ledger import Transition
    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan, Report


def apply(
    path: Path,
    crm: ScriptedCrm,
    plan: Plan,
    *,
    pid: int,
    pace: Pace | None = None,
    paused: Callable[[Ledger], Any] = lambda ledger: ledger,
) -> Report:
    time = crm.time
    conditions = Conditions(time, by=f"run {pid}", machine=MACHINE, pace=pace or Pace())
    with open_ledger(str(path), holder=Holder(pid, "simulated"), gone=lambda _: False) as ledger:
        return time.run(submit(paused(ledger), crm, plan, conditions=conditions))


class Paused:
    """A ledger whose commit number `at` is followed by a stand-still in which another run does all there is to do."""

    def __init__(self, ledger: Ledger, at: int, meanwhile: Callable[[], object]) -> None:
        self._ledger = ledger
        self._at = at
        self._meanwhile = meanwhile
        self._commits = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def save(self, transitions: Sequence[Transition], **how: Any) -> None:
        self._ledger.save(transitions, **how)
        self._commits += 1
        if self._commits == self._at:
            other = threading.Thread(target=self._meanwhile)
            other.start()
            other.join()


def overtaken(path: Path, *, at: int, asleep_s: float = 120.0) -> tuple[ScriptedCrm, Plan]:
    """Return what the CRM saw when a run was stopped at its commit number *at* and another took over."""
    crm = ScriptedCrm(VirtualTime())
    plan = plan_of(1, 4, now=crm.time.now())

    def meanwhile() -> None:
        crm.time.pass_by(asleep_s)
        apply(path, crm, plan, pid=2)

    with pytest.raises(LeaseLost, match=r"lease 1 was taken over by another run because it was not renewed in time"):
        apply(path, crm, plan, pid=1, paused=lambda ledger: Paused(ledger, at, meanwhile))
    return crm, plan


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_that_was_stopped_past_its_lease_sends_nothing_more(tmp_path: Path, at: int) -> None:
    crm, plan = overtaken(tmp_path / "ledger.db", at=at)
    assert broken(crm, plan, quiet_s=60) == []
    assert len(crm.sent) == 4


def test_sending_after_the_lease_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guard, "may_send", lambda _self, _intended: True)
    crm, plan = overtaken(tmp_path / "ledger.db", at=2)
    assert any("2 times" in law for law in broken(crm, plan, quiet_s=60))


def test_a_short_pause_only_makes_a_new_intent(tmp_path: Path) -> None:
    crm = ScriptedCrm(VirtualTime())
    plan = plan_of(1, 3, now=crm.time.now())
    path = tmp_path / "ledger.db"
    report = apply(path, crm, plan, pid=1, paused=lambda ledger: Paused(ledger, 2, lambda: crm.time.pass_by(10)))
    assert report.scheduled == 3
    assert broken(crm, plan, quiet_s=60) == []


def test_a_run_that_lives_is_waited_for_and_named(tmp_path: Path) -> None:
    path, crm = tmp_path / "ledger.db", ScriptedCrm(VirtualTime())
    plan = plan_of(1, 1, now=crm.time.now())
    with open_ledger(str(path), holder=Holder(1, "simulated"), gone=lambda _: False) as other:
        other.claim(["r0"], by="somebody", at=crm.time.now(), length=timedelta(seconds=30))
        with pytest.raises(Held) as held:
            apply(path, crm, plan, pid=2, pace=Pace(wait=False))
        assert str(held.value) == (
            "another run is sending for the same records: process 1 on simulated, begun by somebody at "
            "2026-11-20 15:00:00 UTC; wait for it to end, or stop it"
        )
        assert apply(path, crm, plan, pid=2).scheduled == 1
        assert 30 < crm.time.elapsed < 33

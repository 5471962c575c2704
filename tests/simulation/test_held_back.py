"""What waits for its turn, for a connection or for another request: held back where it may not go any more."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import Answer, InDoubt, Refused
from cadence.ledger import Holder, LeaseLost, open_ledger
from cadence.model.plan import Action
from cadence.runner import Conditions, Pace, Stop, run_chunk, settle, submit
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.plans import TARGET, made_now, plan_of
from tests.simulation.process import MACHINE
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Activity, Plan, Report

LATER = {"due_datetime": "2027-01-01T00:00:00Z"}
ASKED = timedelta(seconds=100)
BY_NAME = {fault.name: fault for fault in FAULTS}


class Crm(ScriptedCrm):
    """Notes when each change begins; does it at once, as a CRM does that has read it."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time)
        self.changed: list[float] = []

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]
    ) -> Answer:
        if may_go():
            self.changed.append(self.time.elapsed)
        return await super().patch_activity(activity_id, body, may_go=may_go)

    async def delete_activity(self, activity_id: str, /, *, may_go: Callable[[], bool]) -> Answer:
        if may_go():
            self.changed.append(self.time.elapsed)
        return await super().delete_activity(activity_id, may_go=may_go)


@pytest.fixture
def crm() -> Crm:
    return Crm(VirtualTime())


def conditions(crm: Crm, **pace: Any) -> Conditions:
    return Conditions(crm.time, by="ada", machine=MACHINE, pace=Pace(**pace))


def changed(path: Path, plan: Plan, action: Action) -> Plan:
    """Return a plan that changes all that *plan* creates."""
    body = None if action is Action.CANCEL else LATER

    def change(activity: Activity) -> Activity:
        return replace(activity, action=action, body=body)

    enrollments = (
        replace(each, activities=tuple(change(activity) for activity in each.activities)) for each in plan.enrollments
    )
    with open_ledger(str(path / "ledger.db")) as ledger:
        return made_now(replace(plan, enrollments=tuple(enrollments)), ledger)


def applied(path: Path, crm: Crm, *plans: Plan, **pace: Any) -> list[Report]:
    with open_ledger(str(path / "ledger.db")) as ledger:
        return [crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm, **pace))) for plan in plans]


class Sleepy:
    """A ledger that is asked whether the target is free, once, by a run that then stands still."""

    def __init__(self, ledger: Ledger, meanwhile: Callable[[], None]) -> None:
        self._ledger = ledger
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def is_free(self, target: str, **how: Any) -> bool:
        free = self._ledger.is_free(target, **how)
        if self._meanwhile:
            other = threading.Thread(target=self._meanwhile.pop())
            other.start()
            other.join()
        return free


@pytest.mark.parametrize("action", [Action.MOVE, Action.CANCEL])
def test_a_run_that_was_stopped_past_its_lease_changes_nothing_any_more(
    tmp_path: Path, crm: Crm, action: Action
) -> None:
    plan = plan_of(1, 1, now=crm.time.now())
    applied(tmp_path, crm, plan)
    path = str(tmp_path / "ledger.db")

    def meanwhile() -> None:
        crm.time.pass_by(40)
        with open_ledger(path, holder=Holder(2, "simulated"), gone=lambda _: False) as ledger:
            crm.time.run(submit(ledger, crm, changed(tmp_path, plan, Action.KEEP), conditions=conditions(crm)))

    with open_ledger(path, holder=Holder(1, "simulated"), gone=lambda _: False) as ledger:
        sleepy: Any = Sleepy(ledger, meanwhile)
        change = changed(tmp_path, plan, action)
        with pytest.raises(LeaseLost, match="was taken over by another run"):
            crm.time.run(submit(sleepy, crm, change, conditions=conditions(crm)))
    (held,) = crm.activities.values()
    assert held.body["due_datetime"] != LATER["due_datetime"]
    assert [at for at in crm.changed if at > 40 + 1] == []


def test_a_clock_that_is_set_forward_stops_no_change(tmp_path: Path, crm: Crm) -> None:
    plan = plan_of(1, 1, now=crm.time.now())
    applied(tmp_path, crm, plan)
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        sleepy: Any = Sleepy(ledger, lambda: crm.time.step(timedelta(hours=1)))
        report = crm.time.run(submit(sleepy, crm, changed(tmp_path, plan, Action.MOVE), conditions=conditions(crm)))
    assert (report.moved, len(crm.changed)) == (1, 1)


def interrupted(path: Path, crm: Crm, plan: Plan, *, after_s: float, **pace: Any) -> tuple[float, Report]:
    """Record and run *plan*, and ask it to stop after so many seconds; return when that was."""
    stop = Stop()
    stopped_at = crm.time.elapsed + after_s

    async def work(ledger: Ledger) -> Report:
        ledger.record(plan, by="ada", at=crm.time.now())
        asyncio.get_running_loop().call_later(after_s, stop.set, "interrupted")
        keys = [enrollment.key for enrollment in plan.enrollments]
        return await run_chunk(ledger, crm, keys, conditions=conditions(crm, **pace), stop=stop)

    with open_ledger(str(path / "ledger.db")) as ledger:
        return stopped_at, crm.time.run(work(ledger))


@pytest.mark.parametrize("action", [Action.MOVE, Action.CANCEL])
def test_changes_that_wait_for_their_turn_stay_where_the_run_is_stopped(
    tmp_path: Path, crm: Crm, action: Action
) -> None:
    plan = plan_of(40, 1, now=crm.time.now())
    applied(tmp_path, crm, plan)
    stopped_at, report = interrupted(tmp_path, crm, changed(tmp_path, plan, action), after_s=2.2, rate=1.0)
    assert [at for at in crm.changed if at > stopped_at] == []
    assert 2 <= len(crm.changed) <= 3
    assert report.held == 40 - len(crm.changed)


@pytest.mark.parametrize(("rate", "most"), [(1.0, 1), (0.0, 8)])
def test_a_revoked_key_is_not_tried_by_all_that_wait(tmp_path: Path, crm: Crm, rate: float, most: int) -> None:
    plan = plan_of(40, 1, now=crm.time.now())
    applied(tmp_path, crm, plan)
    crm.changes_answer = [Refused(401, "the key was revoked")] * 100
    (report,) = applied(tmp_path, crm, changed(tmp_path, plan, Action.MOVE), rate=rate)
    assert 1 <= len(crm.changed) <= most
    assert "the target refused the credentials: 401 the key was revoked" in report.problems[0]


def test_looks_that_wait_for_their_turn_stay_where_the_run_is_stopped(tmp_path: Path, crm: Crm) -> None:
    crm.script = lambda _: BY_NAME["500, applied"]
    plan = plan_of(20, 1, now=crm.time.now())
    (report,) = applied(tmp_path, crm, plan, wait=False)
    assert report.in_doubt == 20
    crm.time.pass_by(100)
    stopped_at, _ = interrupted(tmp_path, crm, plan, after_s=2.2, rate=1.0)
    assert 2 <= len(crm.probed) <= 3
    assert [look.at for look in crm.probed if look.at > stopped_at] == []


def test_a_create_that_is_still_connecting_waits_for_what_another_answer_asks(tmp_path: Path, crm: Crm) -> None:
    slow_down = Fault("429", lambda _: Refused(429, "slow down", retry_after=ASKED), answered_after=0.3, harmless=True)
    crm.script = lambda number: slow_down if number == 0 else OK
    create = crm.create_activity
    began: list[float] = []

    async def connecting(body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        began.append(crm.time.elapsed)
        await asyncio.sleep(0.0 if len(began) == 1 else 1.0)  # a handshake, or a packet that was lost
        return await create(body, may_go=may_go)

    crm.create_activity = connecting  # type: ignore[method-assign]
    (report,) = applied(tmp_path, crm, plan_of(4, 1, now=crm.time.now()))
    assert (report.scheduled, report.problems) == (4, ())
    assert [sent.at for sent in crm.sent if 0.3 < sent.at < 100.3] == []
    assert len(crm.sent) == 5


def test_the_last_answer_of_a_run_is_told_to_the_next(tmp_path: Path, crm: Crm) -> None:
    plan = plan_of(2, 1, now=crm.time.now())
    first, second = (replace(plan, enrollments=(each,)) for each in plan.enrollments)
    applied(tmp_path, crm, first)
    crm.changes_answer += [InDoubt("503", 503)] * 5
    crm.changes_answer += [InDoubt("503: busy", 503, retry_after=ASKED)]
    (report,) = applied(tmp_path, crm, changed(tmp_path, first, Action.MOVE))
    told = crm.time.elapsed
    assert report.problems == (
        "step 'step-0': the change was not confirmed: 503: busy; `cadence settle` tries it again",
    )
    applied(tmp_path, crm, second)
    assert crm.sent[-1].at >= told + ASKED.total_seconds()


def test_an_answer_that_an_interrupt_waited_for_is_told_to_the_next_run(tmp_path: Path, crm: Crm) -> None:
    crm.script = lambda number: (
        Fault("429", lambda _: Refused(429, "slow down", retry_after=ASKED), harmless=True) if number == 0 else OK
    )
    plan = plan_of(2, 1, now=crm.time.now())
    first, second = (replace(plan, enrollments=(each,)) for each in plan.enrollments)
    interrupted(tmp_path, crm, first, after_s=0.05)
    told = crm.time.elapsed
    applied(tmp_path, crm, second)
    assert [sent.at >= told + ASKED.total_seconds() for sent in crm.sent] == [False, True]
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        assert crm.time.run(settle(ledger, crm, TARGET, conditions=conditions(crm))).scheduled == 1

"""Going on later: what is open, what cannot be read, what is interrupted, and what takes long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError, TargetError
from cadence.ledger import LeaseLost, open_ledger
from cadence.model.people import TargetIdentity
from cadence.model.plan import Action, Report
from cadence.runner import Conditions, Pace, ProgressEvent, Stop, retry, run_chunk, settle, submit
from cadence.runner.port import Machine
from tests.simulation.crm import FAULTS, OK, REJECTED, Held, ScriptedCrm
from tests.simulation.plans import TARGET, plan_of
from tests.simulation.process import MACHINE, a_draw_of_a_half
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path
    from typing import Any

    from cadence.ledger.ledger import Ledger

BY_NAME = {fault.name: fault for fault in FAULTS}


@pytest.fixture
def crm() -> ScriptedCrm:
    return ScriptedCrm(VirtualTime())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        yield ledger


def conditions(crm: ScriptedCrm, **changes: Any) -> Conditions:
    return replace(Conditions(crm.time, by="ada", machine=MACHINE), **changes)


def test_what_was_left_in_doubt_is_settled_without_its_plan(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: BY_NAME["500, applied"] if n == 0 else OK
    plan = plan_of(2, 2, now=crm.time.now())
    hurried = conditions(crm, pace=Pace(wait=False))
    assert crm.time.run(submit(ledger, crm, plan, conditions=hurried)).in_doubt == 1
    assert crm.time.run(settle(ledger, crm, TARGET, conditions=conditions(crm))) == Report(adopted=1, scheduled=1)
    assert crm.time.run(settle(ledger, crm, TARGET, conditions=conditions(crm))) == Report()


def test_what_was_refused_is_tried_again_and_what_waited_for_it_follows(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: REJECTED if n == 0 else OK
    plan = plan_of(1, 3, now=crm.time.now())
    first = crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm)))
    assert (first.rejected, first.held) == (1, 2)
    refused = [line.entry for line in ledger.entries(state="rejected")]
    assert crm.time.run(retry(ledger, crm, refused, conditions=conditions(crm))) == Report(scheduled=3)
    assert "retry" in [line.what for line in ledger.changes()]


def test_what_changed_since_it_was_looked_at_is_not_tried_again(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: REJECTED if n == 0 else OK
    crm.time.run(submit(ledger, crm, plan_of(1, 2, now=crm.time.now()), conditions=conditions(crm)))
    refused = [line.entry for line in ledger.entries(state="rejected")]
    crm.time.run(retry(ledger, crm, refused, conditions=conditions(crm)))
    with pytest.raises(LedgerError) as raised:
        crm.time.run(retry(ledger, crm, refused, conditions=conditions(crm)))
    assert str(raised.value) == "step 'step-0' has changed since it was looked at; look again with `cadence status`"


def test_only_what_is_open_for_that_target_is_settled(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda _: REJECTED
    crm.time.run(submit(ledger, crm, plan_of(1, 2, now=crm.time.now()), conditions=conditions(crm)))
    elsewhere = TargetIdentity("crm", "https://elsewhere.example", "b-1")
    assert crm.time.run(settle(ledger, crm, elsewhere, conditions=conditions(crm))) == Report()
    report = crm.time.run(settle(ledger, crm, TARGET, conditions=conditions(crm)))
    assert (report.rejected, report.held, len(crm.sent)) == (1, 1, 1)


def test_skipped_and_estimated_steps_are_counted_and_not_sent(ledger: Ledger, crm: ScriptedCrm) -> None:
    plan = plan_of(1, 3, now=crm.time.now())
    (first,) = plan.enrollments
    skip, estimate, create = first.activities
    activities = (replace(skip, action=Action.SKIP), replace(estimate, action=Action.ESTIMATE), create)
    plan = replace(plan, enrollments=(replace(first, activities=activities),))
    report = crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm)))
    assert report == Report(scheduled=1, skipped=1, estimated=1)
    assert [sent.marker for sent in crm.sent] == [create.marker]


class Blind(ScriptedCrm):
    """Cannot be read for the first so many times."""

    failures = 0
    refused_at: list[float]
    refusal = TargetError("the list of activities: timed out after 30 s")

    async def find_activities(
        self, *, activity: str, due_from: datetime, due_to: datetime, turn: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[Held]:
        if self.failures:
            self.failures -= 1
            await turn()
            self.refused_at.append(self.time.elapsed)
            raise self.refusal
        async for held in super().find_activities(activity=activity, due_from=due_from, due_to=due_to, turn=turn):
            yield held


def blind(failures: int, *, refusal: TargetError | None = None, doubts: int = 1) -> Blind:
    """Return a CRM that leaves the first so many creates in doubt, and cannot be read so many times."""
    crm = Blind(VirtualTime(), script=lambda n: BY_NAME["2xx without an id"] if n < doubts else OK)
    crm.failures, crm.refused_at = failures, []
    crm.refusal = refusal or crm.refusal
    return crm


@pytest.mark.parametrize(("failures", "adopted"), [(1, 1), (5, 1), (6, 0)])
def test_a_crm_that_cannot_be_read_is_asked_six_times(ledger: Ledger, failures: int, adopted: int) -> None:
    crm = blind(failures)
    report = crm.time.run(submit(ledger, crm, plan_of(1, 1, now=crm.time.now()), conditions=conditions(crm)))
    assert (report.adopted, report.in_doubt) == (adopted, 1 - adopted)
    if not adopted:
        assert report.problems == (
            "step 'step-0': the CRM could not be read: the list of activities: timed out after 30 s",
            "step 'step-0': in doubt: the answer was a success without an id",
        )


@pytest.mark.parametrize("status", [429, 503])
def test_a_look_that_is_told_when_to_come_again_has_all_requests_wait(ledger: Ledger, status: int) -> None:
    asked = TargetError("too busy", status=status, retry_after=timedelta(seconds=40))
    crm = blind(1, refusal=asked, doubts=2)
    plan = plan_of(2, 2, now=crm.time.now())
    pace = Pace(concurrency=1)  # both are looked for after the same minute, one after the other
    report = crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm, pace=pace)))
    assert report == Report(adopted=2, scheduled=2)
    (told,) = crm.refused_at
    after = [*(look.at for look in crm.probed), *(sent.at for sent in crm.sent[2:])]
    assert len(after) == 4
    assert min(after) >= told + 40


def test_a_look_that_meets_too_many_requests_lets_other_runs_know(ledger: Ledger) -> None:
    crm = blind(1, refusal=TargetError("too busy", status=429, retry_after=timedelta(seconds=40)))
    plan = plan_of(1, 1, now=crm.time.now())
    assert crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm))) == Report(adopted=1)
    assert ledger.braked_at(ledger.target_of(plan.enrollments[0].key)) is not None


def test_a_look_is_repeated_for_as_long_as_there_are_too_many_requests(ledger: Ledger) -> None:
    """A definite answer is no failure, however often it comes: the CRM is there, and will answer."""
    crm = blind(20, refusal=TargetError("too busy", status=429))
    report = crm.time.run(submit(ledger, crm, plan_of(1, 1, now=crm.time.now()), conditions=conditions(crm)))
    assert report == Report(adopted=1)


def test_a_look_that_is_not_allowed_any_more_ends_the_run(ledger: Ledger) -> None:
    crm = blind(99, refusal=TargetError("kizen: the credentials were not accepted", status=401), doubts=3)
    plan = plan_of(3, 2, now=crm.time.now())
    report = crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm, pace=Pace(concurrency=1))))
    assert (report.in_doubt, report.held, len(crm.refused_at)) == (3, 3, 1)
    assert report.problems[-1] == (
        "the target refused the credentials: kizen: the credentials were not accepted; run the same command again to go on"
    )


def test_a_quiet_period_longer_than_the_lease_keeps_the_lease(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: BY_NAME["503 in 90 s, applied"] if n == 0 else OK
    plan = plan_of(1, 2, now=crm.time.now())
    report = crm.time.run(submit(ledger, crm, plan, conditions=conditions(crm)))
    assert report == Report(adopted=1, scheduled=1)
    assert crm.time.elapsed > 90


def test_a_lease_that_is_lost_while_waiting_ends_the_run(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda _: BY_NAME["503 in 90 s, applied"]
    plan = plan_of(1, 2, now=crm.time.now())

    async def lose_it() -> Report:
        work = asyncio.ensure_future(submit(ledger, crm, plan, conditions=conditions(crm)))
        await asyncio.sleep(20)
        with ledger._writing() as connection:  # noqa: SLF001 - what a run that took over would do
            connection.exec_driver_sql("UPDATE leases SET ended_at = 1")
        return await work

    with pytest.raises(LeaseLost):
        crm.time.run(lose_it())
    assert crm.time.elapsed < 40
    assert len(crm.sent) == 1


def stopped_after(ledger: Ledger, crm: ScriptedCrm, seconds: float) -> Report:
    plan = plan_of(3, 2, now=crm.time.now())
    ledger.record(plan, by="ada", at=crm.time.now())
    stop = Stop()

    async def interrupt() -> Report:
        asyncio.get_running_loop().call_later(seconds, stop.set, "interrupted")
        calm = conditions(crm, pace=Pace(concurrency=1))
        return await run_chunk(ledger, crm, ["r0", "r1", "r2"], conditions=calm, stop=stop)

    return crm.time.run(interrupt())


def test_a_run_that_is_stopped_finishes_its_request_and_no_more(ledger: Ledger, crm: ScriptedCrm) -> None:
    report = stopped_after(ledger, crm, 0.15)
    assert report == Report(scheduled=2, held=4, problems=("interrupted; run the same command again to go on",))
    assert len(crm.sent) == 2


def test_a_run_that_is_stopped_while_it_waits_waits_no_longer(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda _: BY_NAME["500, applied"]
    report = stopped_after(ledger, crm, 5)
    assert (report.in_doubt, report.held) == (3, 3)
    assert crm.time.elapsed < 6


def test_what_waits_gives_its_place_to_others(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: BY_NAME["500, applied"] if n == 0 else OK
    plan = plan_of(3, 2, now=crm.time.now())
    one_place = conditions(crm, pace=Pace(concurrency=1))
    assert crm.time.run(submit(ledger, crm, plan, conditions=one_place)) == Report(scheduled=5, adopted=1)
    assert [sent.at < 60 for sent in crm.sent] == [True] * 5 + [False]


def test_whoever_watches_is_told_what_is_waited_for_and_how_long(ledger: Ledger, crm: ScriptedCrm) -> None:
    crm.script = lambda n: BY_NAME["500, applied"] if n == 0 else OK
    seen: list[ProgressEvent] = []
    watched = conditions(crm, progress=seen.append)
    crm.time.run(submit(ledger, crm, plan_of(1, 1, now=crm.time.now()), conditions=watched))
    waits = [(event.text, event.waiting_until) for event in seen if event.waiting_until]
    assert waits == [
        (
            "'step-0' is in doubt, and is looked for in the CRM then",
            VirtualTime.START + timedelta(seconds=61),
        )
    ]
    assert (seen[-1].done, seen[-1].total) == (1, 1)


def test_an_intent_that_cannot_be_written_is_not_sent(ledger: Ledger, crm: ScriptedCrm) -> None:
    plan = plan_of(1, 2, now=crm.time.now())

    async def full(_work: Callable[[], Any]) -> Any:
        raise OSError(28, "No space left on device")

    broken = conditions(crm, machine=Machine(in_thread=full, draw=a_draw_of_a_half))
    with pytest.raises(OSError, match="No space left"):
        crm.time.run(submit(ledger, crm, plan, conditions=broken))
    assert crm.sent == []

"""What a run makes of each answer, and what it reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.answer import InDoubt, NotSent, Refused
from cadence.delivery.terms import Terms
from cadence.ledger.holder import is_gone, this_process
from cadence.model.plan import Action, Plan, Report
from cadence.runner import Pace
from tests.simulation.crm import FAULTS, OK, REJECTED, UNAUTHORIZED, Fault, Held, ScriptedCrm
from tests.simulation.laws import broken
from tests.simulation.plans import TARGET, create, enrollment, made_now, marker, plan_of, utc
from tests.simulation.process import Host
from tests.simulation.stores import FileStore
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cadence.ledger.ledger import Ledger

GO_ON = "run the same command again to go on"
BY_NAME = {fault.name: fault for fault in FAULTS}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    time = VirtualTime()
    return Host(time, ScriptedCrm(time), FileStore(tmp_path / "ledger.db"))


def once(fault: Fault, at: int = 0) -> Callable[[int], Fault]:
    return lambda n: fault if n == at else OK


def applied(host: Host, plan: Plan) -> Report:
    report = host.apply(plan)
    assert report is not None
    return report


def applied_later(host: Host, plan: Plan) -> Report:
    """Apply *plan* as if it was made now."""
    with opened(host) as ledger:
        later = made_now(plan, ledger)
    return applied(host, later)


def opened(host: Host) -> AbstractContextManager[Ledger]:
    return host.store.opened(this_process(), is_gone)


def states(host: Host) -> list[str]:
    with opened(host) as ledger:
        return [str(line.entry.state) for line in ledger.entries()]


def test_a_plan_is_sent_once_and_kept_when_applied_again(host: Host) -> None:
    plan = plan_of(2, 3, now=host.time.now())
    assert applied(host, plan) == Report(scheduled=6)
    assert applied(host, plan) == Report(kept=6)
    assert len(host.crm.sent) == 6


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_every_answer_ends_with_one_activity_a_step(host: Host, fault: Fault) -> None:
    host.crm.script = once(fault, at=1)
    plan = plan_of(1, 3, now=host.time.now())
    report = applied(host, plan)
    assert report.scheduled + report.adopted == 3
    assert report.problems == ()
    assert broken(host.crm, plan, quiet_s=60) == []


def test_a_rejection_stops_its_enrollment_and_no_other(host: Host) -> None:
    host.crm.script = once(REJECTED, at=0)
    host.pace = Pace(concurrency=1)
    report = applied(host, plan_of(2, 3, now=host.time.now()))
    assert report == Report(
        scheduled=3, rejected=1, held=2, problems=("step 'step-0': rejected: 400 no such employee [does_not_exist]",)
    )
    assert states(host) == ["rejected", "planned", "planned", "scheduled", "scheduled", "scheduled"]


def test_a_rejection_is_passed_where_the_step_continues_on_errors(host: Host) -> None:
    host.crm.script = once(REJECTED, at=0)
    report = applied(host, plan_of(1, 3, now=host.time.now(), on_error="continue"))
    assert (report.rejected, report.scheduled, report.held) == (1, 2, 0)


def test_a_rejected_step_is_looked_for_and_sent_when_it_is_planned_again(host: Host) -> None:
    host.crm.script = once(REJECTED, at=0)
    plan = plan_of(1, 2, now=host.time.now())
    applied(host, plan)
    assert applied(host, plan) == Report(scheduled=2)
    assert len(host.crm.probed) == 1


def test_refused_credentials_end_the_whole_run_and_lose_nothing(host: Host) -> None:
    host.crm.script = lambda n: UNAUTHORIZED if n >= 2 else OK
    host.pace = Pace(concurrency=1)
    plan = plan_of(3, 2, now=host.time.now())
    report = applied(host, plan)
    assert report == Report(
        scheduled=2,
        held=4,
        problems=(f"the target refused the credentials: 401 wrong key [not_authenticated]; {GO_ON}",),
    )
    assert len(host.crm.sent) == 3
    host.crm.script = lambda _: OK
    assert applied(host, plan) == Report(scheduled=4, kept=2)


def test_a_target_out_of_reach_is_tried_six_times_and_given_up(host: Host) -> None:
    host.crm.script = lambda _: BY_NAME["not sent"]
    report = applied(host, plan_of(1, 2, now=host.time.now()))
    assert len(host.crm.sent) == 6
    assert report == Report(
        held=2,
        problems=(f"the target could not be reached: connection refused; {GO_ON}",),
    )
    assert host.time.elapsed < 120


def test_without_waiting_what_is_in_doubt_stays_and_holds_the_rest(host: Host) -> None:
    host.crm.script = once(BY_NAME["500, applied"])
    host.pace = Pace(wait=False)
    plan = plan_of(1, 2, now=host.time.now())
    assert applied(host, plan) == Report(in_doubt=1, held=1, problems=("step 'step-0': in doubt: 500",))
    assert host.time.elapsed < 1
    host.pace = Pace()
    assert applied(host, plan) == Report(scheduled=1, adopted=1)


def test_a_doubt_is_not_probed_before_the_quiet_period_is_over(host: Host) -> None:
    host.crm.script = once(BY_NAME["reset, applied late"])
    assert applied(host, plan_of(1, 1, now=host.time.now())) == Report(adopted=1)
    assert [at >= 60 for at, *_ in host.crm.probed] == [True]


def test_a_server_that_names_a_longer_wait_is_not_probed_before(host: Host) -> None:
    host.crm.script = once(BY_NAME["503 in 90 s, applied"])
    assert applied(host, plan_of(1, 1, now=host.time.now())) == Report(adopted=1)
    assert [at >= 90 for at, *_ in host.crm.probed] == [True]


def test_where_the_list_may_lag_two_probes_must_find_nothing(host: Host) -> None:
    host.crm.script = once(BY_NAME["500, not applied"])
    host.pace = Pace(terms=Terms(absences=2))
    assert applied(host, plan_of(1, 1, now=host.time.now())) == Report(scheduled=1)
    first, second = [at for at, *_ in host.crm.probed]
    assert second - first >= 5


def test_several_activities_with_one_marker_are_left_to_a_person(host: Host) -> None:
    now = host.time.now()
    host.crm.script = once(BY_NAME["500, applied"])
    body = {"activity_object_name": "call", "due_datetime": utc(now + timedelta(days=1)), "note": marker(0, 0)}
    host.crm.activities["copy"] = Held("copy", body, 0)
    report = applied(host, plan_of(1, 2, now=now))
    assert report == Report(
        parked=1, held=1, problems=("step 'step-0': parked: found in the CRM with its marker: a1, copy",)
    )


def test_a_retry_after_holds_for_every_enrollment(host: Host) -> None:
    host.crm.script = once(BY_NAME["429 in 3 s"])
    host.pace = Pace(concurrency=1)
    plan = plan_of(3, 1, now=host.time.now())
    assert applied(host, plan) == Report(scheduled=3)
    assert host.crm.sent[1].at >= 3


def changed(plan: Plan, action: Action, step: int, **changes: object) -> Plan:
    """Return a second plan for the first record: one step changed, the others kept."""
    (first, *_) = plan.enrollments
    activities = [
        replace(activity, action=action if at == step else Action.KEEP, **(changes if at == step else {}))  # type: ignore[arg-type]
        for at, activity in enumerate(first.activities)
    ]
    return replace(plan, enrollments=(replace(first, activities=tuple(activities)),))


def moved(plan: Plan, step: int) -> Plan:
    due_at = plan.now + timedelta(days=9)
    return changed(plan, Action.MOVE, step, due_at=due_at, body={"due_datetime": utc(due_at)})


def test_a_move_patches_what_is_scheduled(host: Host) -> None:
    plan = plan_of(1, 2, now=host.time.now())
    applied(host, plan)
    assert applied_later(host, moved(plan, 1)) == Report(moved=1, kept=1)
    assert host.crm.patched == [("a2", {"due_datetime": "2026-11-29T15:00:00Z"})]
    with opened(host) as ledger:
        history = ledger.history(TARGET, "onboarding", object="client_client", record_id="record-0")
    assert [utc(entry.due_at) for entry in history.entries] == ["2026-11-21T15:00:00Z", "2026-11-29T15:00:00Z"]


def test_a_reassignment_and_a_cancellation_are_reported_as_such(host: Host) -> None:
    plan = plan_of(1, 2, now=host.time.now())
    applied(host, plan)
    assert applied_later(host, changed(plan, Action.REASSIGN, 0, body={"employee_id": "e-2"})) == Report(
        reassigned=1, kept=1
    )
    assert applied_later(host, changed(plan, Action.CANCEL, 1, body=None)) == Report(cancelled=1, kept=1)
    assert list(host.crm.activities) == ["a1"]
    assert host.crm.activities["a1"].body["employee_id"] == "e-2"


@pytest.mark.parametrize(
    "answer",
    [InDoubt("timed out"), InDoubt("503", 503), NotSent("connection refused"), Refused(429, "slow down")],
    ids=lambda answer: type(answer).__name__,
)
def test_a_change_in_doubt_is_simply_repeated(host: Host, answer: InDoubt | NotSent | Refused) -> None:
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.crm.changes_answer = [answer]
    assert applied_later(host, moved(plan, 0)) == Report(moved=1)
    assert len(host.crm.patched) == 2
    host.crm.changes_answer = [answer]
    assert applied_later(host, changed(plan, Action.CANCEL, 0, body=None)) == Report(cancelled=1)
    assert host.crm.deleted == ["a1", "a1"]


def test_a_cancelled_activity_that_is_gone_already_counts_as_cancelled(host: Host) -> None:
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.crm.activities.clear()
    assert applied_later(host, changed(plan, Action.CANCEL, 0, body=None)) == Report(cancelled=1)


def test_a_moved_activity_that_is_gone_is_left_to_a_person(host: Host) -> None:
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.crm.activities.clear()
    assert applied_later(host, moved(plan, 0)) == Report(
        parked=1,
        problems=("step 'step-0': parked: it is no longer in the CRM, or not visible: 404 Not found. [not_found]",),
    )


def test_a_refused_move_keeps_the_old_due_and_goes_again_when_planned_again(host: Host) -> None:
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.crm.changes_answer = [Refused(400, "not a working day")]
    report = applied_later(host, moved(plan, 0))
    assert report == Report(rejected=1, problems=("step 'step-0': rejected: 400 not a working day",))
    with opened(host) as ledger:
        (line,) = ledger.entries()
    assert utc(line.entry.due_at) == "2026-11-21T15:00:00Z"
    assert applied_later(host, moved(plan, 0)) == Report(moved=1)


def test_a_step_in_doubt_that_is_cancelled_is_found_and_removed(host: Host) -> None:
    host.crm.script = once(BY_NAME["500, applied"])
    host.pace = Pace(wait=False)
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.pace = Pace()
    report = applied_later(host, changed(plan, Action.CANCEL, 0, body=None))
    assert (report.adopted, report.cancelled) == (1, 1)
    assert host.crm.activities == {}


def test_a_step_in_doubt_that_is_cancelled_and_was_never_there_is_not_sent_again(host: Host) -> None:
    host.crm.script = once(BY_NAME["500, not applied"])
    host.pace = Pace(wait=False)
    plan = plan_of(1, 1, now=host.time.now())
    applied(host, plan)
    host.pace = Pace()
    assert applied_later(host, changed(plan, Action.CANCEL, 0, body=None)) == Report(cancelled=1)
    assert len(host.crm.sent) == 1


def test_a_step_in_doubt_with_a_new_due_is_adopted_by_its_old_one_and_then_moved(host: Host) -> None:
    host.crm.script = once(BY_NAME["500, applied"])
    host.pace = Pace(wait=False)
    now = host.time.now()
    applied(host, plan_of(1, 1, now=now))
    host.pace = Pace()
    again = Plan(now, {}, (enrollment(0, [create(0, 0, due_at=now + timedelta(days=5))], start=now),), target=TARGET)
    report = applied_later(host, again)
    assert (report.adopted, report.moved) == (1, 1)
    assert [held.body["due_datetime"] for held in host.crm.activities.values()] == ["2026-11-25T15:00:00Z"]


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_clock_that_steps_by_an_hour_sends_nothing_twice(host: Host, fault: Fault, hours: int) -> None:
    def script(n: int) -> Fault:
        host.time.step(timedelta(hours=hours if n == 0 else 0))
        return fault if n == 0 else OK

    host.crm.script = script
    plan = plan_of(1, 2, now=host.time.now())
    report = applied(host, plan)
    assert report.scheduled + report.adopted == 2
    assert broken(host.crm, plan, quiet_s=60) == []

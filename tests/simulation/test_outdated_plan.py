"""A plan that is applied after something was decided that it does not know of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.answer import InDoubt, Refused
from cadence.errors import StalePlanError
from cadence.ledger import open_ledger
from cadence.model.people import Record
from cadence.runner import Conditions, settle
from tests.simulation.crm import OK, Fault, Held
from tests.simulation.plans import TARGET
from tests.simulation.process import MACHINE
from tests.simulation.test_replanning import BY_NAME, ONE, TWO, Desk, desk, step

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.model.plan import Plan

__all__ = ["desk"]

LATER = step("one", "5 days")


def refusal(desk: Desk, plan: Plan) -> str:
    """Return why *plan* is refused; it leaves everything as it is."""
    before = (desk.entries(), desk.ledger.changes(), len(desk.crm.sent), desk.crm.patched, desk.crm.deleted)
    with pytest.raises(StalePlanError) as caught:
        desk.apply(plan)
    assert (
        desk.entries(), desk.ledger.changes(), len(desk.crm.sent), desk.crm.patched, desk.crm.deleted
    ) == before  # fmt: skip
    assert [*caught.value.enrollments] == [plan.enrollments[-1].key]
    return str(caught.value)


def test_a_plan_does_not_send_what_a_person_dropped_since(desk: Desk) -> None:
    saved = desk.plan(ONE)
    desk.time.pass_by(5)
    desk.answering_first(BY_NAME["500, applied"])
    desk.apply(desk.plan(ONE), wait=False)
    desk.crm.activities["twin"] = Held("twin", dict(desk.crm.activities["a1"].body), 0)
    desk.apply(desk.plan(ONE))
    desk.drop("one")
    assert refusal(desk, saved) == (
        "the plan no longer holds: s for 'Ada' has changed since: resolve: drop one, by bob at 2026-11-20T15:01:06Z; "
        "plan again and review the changes"
    )


def test_a_plan_does_not_undo_a_move_that_was_planned_since(desk: Desk) -> None:
    desk.apply(desk.plan(ONE))
    desk.time.pass_by(5)
    saved = desk.plan(ONE)
    desk.crm.changes_answer = [InDoubt("503", 503)] * 6
    desk.apply(desk.plan(LATER))
    assert "has changed since: move one, by ada" in refusal(desk, saved)
    assert desk.apply(desk.plan(LATER)).moved == 1


def test_a_plan_does_not_move_what_was_cancelled_since(desk: Desk) -> None:
    desk.apply(desk.plan(ONE, TWO))
    saved = desk.plan(LATER, TWO)
    desk.apply(desk.plan(TWO))
    assert "has changed since: cancel one" in refusal(desk, saved)


def test_what_was_sent_since_makes_no_plan_old_and_is_brought_to_where_it_wants_it(desk: Desk) -> None:
    plan = desk.plan(ONE, TWO)
    desk.ledger.record(plan, by="ada", at=desk.time.now())
    saved = desk.plan(LATER, TWO)
    assert desk.apply(plan).scheduled == 2
    assert desk.apply(saved).moved == 1
    assert [body["due_datetime"][:10] for body in desk.bodies()] == ["2026-11-25", "2026-11-23"]


def test_what_a_settle_may_have_deleted_since_is_not_taken_for_scheduled(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, applied"])
    desk.apply(desk.plan(ONE, TWO), wait=False)
    desk.apply(desk.plan(TWO), wait=False)
    saved = desk.plan(ONE, TWO)
    desk.time.pass_by(120)
    desk.crm.changes_answer = [InDoubt("503", 503)] * 6
    desk.time.run(settle(desk.ledger, desk.crm, TARGET, conditions=Conditions(desk.time, by="ada", machine=MACHINE)))
    del desk.crm.activities["a1"]
    report = desk.apply(saved)
    assert (report.parked, desk.entries()["one"].state, desk.entries()["two"].state) == (1, "parked", "planned")


def test_two_calls_for_one_record_at_once_both_end_well(desk: Desk) -> None:
    first = desk.plan(ONE)
    desk.time.pass_by(5)
    second = desk.plan(ONE)
    assert desk.apply(first).scheduled == 1
    assert desk.apply(second).kept == 1
    assert len(desk.crm.sent) == 1


def test_of_two_calls_that_enroll_anew_at_once_the_second_is_told_to_plan_again(desk: Desk) -> None:
    desk.head.append("enroll: always")
    first = desk.plan(ONE)
    desk.time.pass_by(5)
    second = desk.plan(ONE)
    assert desk.apply(first).scheduled == 1
    assert "has changed since: create one, by ada" in refusal(desk, second)
    again = desk.plan(ONE)
    assert (again.enrollments[0].number, desk.apply(again).scheduled) == (2, 1)


def test_a_plan_to_enroll_anew_is_outdated_where_more_was_decided_about_the_enrollment_before(desk: Desk) -> None:
    desk.head += ["enroll: always", "exit_when: record.gone"]
    desk.fields = {"gone": False}
    desk.apply(desk.plan(ONE))
    desk.time.pass_by(60)
    saved = desk.plan(ONE)
    assert saved.enrollments[0].number == 2
    desk.fields = {"gone": True}
    desk.apply(desk.plan(ONE))
    assert "has changed since: cancel one" in refusal(desk, saved)
    desk.fields = {"gone": False}
    for _ in range(2):
        desk.time.pass_by(60)
        assert desk.apply(desk.plan(ONE)).scheduled == 1


def test_what_was_decided_last_about_an_enrollment_long_before_makes_no_plan_old(desk: Desk) -> None:
    desk.head += ["enroll: always", "exit_when: record.gone"]
    for gone in (False, False, True, False):
        desk.time.pass_by(60)
        desk.fields = {"gone": gone}
        desk.apply(desk.plan(ONE))
    assert [line.enrollment.number for line in desk.ledger.entries()] == [1, 2, 3]
    assert len(desk.bodies()) == 2


def test_a_plan_that_was_made_by_another_ledger_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.apply(desk.plan(ONE))
    kept = desk.plan(ONE, TWO)
    with open_ledger(str(tmp_path / "other.db")) as desk.ledger:
        assert "s for 'Ada' is not in this ledger; plan again" in refusal(desk, kept)


def test_a_plan_that_was_made_by_another_ledger_is_refused_where_it_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.apply(desk.plan(ONE))
    kept = desk.plan(ONE)
    with open_ledger(str(tmp_path / "other.db")) as desk.ledger:
        assert "s for 'Ada' is not in this ledger; plan again" in refusal(desk, kept)


def test_a_plan_is_not_passed_over_where_what_it_would_create_was_sent_otherwise_since(desk: Desk) -> None:
    desk.ledger.record(desk.plan(ONE), by="ada", at=desk.time.now())
    saved = desk.plan(step("one", "9 days"))
    desk.apply(desk.plan(LATER))
    assert "has changed since: create one" in refusal(desk, saved)


def test_a_plan_is_not_passed_over_where_what_it_would_create_is_being_cancelled(desk: Desk) -> None:
    saved = desk.plan(ONE)
    desk.time.pass_by(5)
    desk.apply(desk.plan(ONE, TWO))
    desk.crm.changes_answer = [InDoubt("503", 503)] * 6
    desk.apply(desk.plan(TWO))
    assert "has changed since: cancel one" in refusal(desk, saved)


def test_what_is_outdated_keeps_all_else_that_is_in_the_plan_from_being_written(desk: Desk) -> None:
    eve = Record("other", object="client_client", name="Eve")
    desk.apply(desk.plan(ONE))
    kept, other = desk.plan(LATER), desk.plan(ONE, record=eve)
    desk.apply(desk.plan(ONE, TWO))
    both = replace(kept, enrollments=(*other.enrollments, *kept.enrollments))
    assert "s for 'Ada' has changed since" in refusal(desk, both)
    assert desk.apply(other).scheduled == 1


def test_a_plan_that_read_no_ledger_sends_what_was_not_sent_and_keeps_what_was(desk: Desk) -> None:
    refused = Fault("400", lambda _: Refused(400, "no such employee"))
    desk.crm.script = lambda number: refused if number == 1 else OK
    assert desk.apply(desk.plan(ONE, TWO, reads_ledger=False)).rejected == 1
    for scheduled, kept in ((1, 1), (0, 2)):
        desk.time.pass_by(3_600)
        report = desk.apply(desk.plan(ONE, TWO, reads_ledger=False))
        assert (report.scheduled, report.kept, report.moved) == (scheduled, kept, 0)
    assert [body["due_datetime"] for body in desk.bodies()] == ["2026-11-22T15:00:00Z", "2026-11-23T16:00:00Z"]

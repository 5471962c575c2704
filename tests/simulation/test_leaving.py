"""A record that leaves the sequence, or to which none of its steps applies yet: planned and applied."""

from __future__ import annotations

import pytest

from tests.simulation.test_replanning import ONE, TWO, Desk, actions, desk

__all__ = ["desk"]

LEAVING = "exit_when: record.gone"


def test_a_record_that_leaves_at_once_is_not_enrolled_and_starts_when_it_comes_back(desk: Desk) -> None:
    desk.head.append(LEAVING)
    desk.fields = {"gone": True}
    report = desk.apply(desk.plan(ONE, TWO))
    assert (report.skipped, report.scheduled, report.problems) == (2, 0, ())
    assert (desk.ledger.entries(), desk.ledger.changes()) == ((), ())
    desk.time.pass_by(5 * 86_400)
    desk.fields = {"gone": False}
    plan = desk.plan(ONE, TWO)
    assert (plan.enrollments[0].number, plan.enrollments[0].start) == (1, plan.now)
    assert desk.apply(plan).scheduled == 2


def test_a_record_to_which_no_step_applies_yet_is_enrolled_when_one_does(desk: Desk) -> None:
    step = f"{ONE}, if: record.ready"
    desk.fields = {"ready": False}
    assert desk.apply(desk.plan(step)).skipped == 1
    desk.time.pass_by(5 * 86_400)
    desk.fields = {"ready": True}
    assert desk.apply(desk.plan(step)).scheduled == 1
    assert [body["due_datetime"][:10] for body in desk.bodies()] == ["2026-11-27"]


@pytest.mark.parametrize("policy", ["once", "not_while_active", "always"])
def test_a_record_that_leaves_is_enrolled_no_other_time_and_what_is_pending_is_cancelled(
    desk: Desk, policy: str
) -> None:
    desk.head += [f"enroll: {policy}", LEAVING]
    desk.fields = {"gone": False}
    desk.apply(desk.plan(ONE, TWO))
    desk.fields = {"gone": True}
    plan = desk.plan(ONE, TWO)
    assert (plan.enrollments[0].number, actions(plan)) == (1, {"one": "cancel", "two": "cancel"})
    assert desk.apply(plan).cancelled == 2
    for _ in range(2):
        assert desk.apply(desk.plan(ONE, TWO)).skipped == 2
    assert (len(desk.crm.sent), desk.bodies(), len(desk.ledger.entries())) == (2, [], 2)


def test_a_record_that_leaves_several_enrollments_leaves_one_with_each_plan(desk: Desk) -> None:
    desk.head += ["enroll: always", LEAVING]
    desk.fields = {"gone": False}
    for _ in range(3):
        desk.time.pass_by(60)
        desk.apply(desk.plan(ONE))
    desk.fields = {"gone": True}
    cancelled = [desk.apply(desk.plan(ONE)).cancelled for _ in range(4)]
    assert cancelled == [1, 1, 1, 0]
    assert (desk.bodies(), {line.entry.state for line in desk.ledger.entries()}) == ([], {"cancelled"})


def test_a_record_that_came_back_is_enrolled_anew_where_that_is_the_rule(desk: Desk) -> None:
    desk.head += ["enroll: always", LEAVING]
    for gone in (False, True, False):
        desk.fields = {"gone": gone}
        desk.time.pass_by(60)
        desk.apply(desk.plan(ONE))
    assert [line.enrollment.number for line in desk.ledger.entries()] == [1, 2]
    assert len(desk.bodies()) == 1


@pytest.mark.parametrize(
    "step",
    [
        "id: two, activity: call, due: 1 day after completion of one, note: x",
        "id: two, activity: call, due: 1 minute after start, note: x, if_past: skip",
        f"{TWO}, if: record.ready",
    ],
    ids=["waits", "past", "condition"],
)
def test_a_step_that_is_not_sent_uses_up_nobodys_turn(desk: Desk, step: str) -> None:
    desk.fields = {"ready": False}
    desk.apply(desk.plan(ONE))
    desk.time.pass_by(3_600)
    pooled = f"{step}, assign: {{round_robin: [ann@example.com, bob@example.com]}}"
    for _ in range(3):
        desk.apply(desk.plan(ONE, pooled))
    assert desk.ledger.cursors(desk.plan(ONE).target) == {}
    sent = "id: two, activity: call, due: 5 days after start, note: x"
    desk.apply(desk.plan(ONE, f"{sent}, assign: {{round_robin: [ann@example.com, bob@example.com]}}"))
    assert [body.get("employee_id") for body in desk.bodies()] == [None, "e-1"]
    assert desk.ledger.cursors(desk.plan(ONE).target) == {"s/two": 1}


def test_a_step_that_was_cancelled_and_is_late_uses_up_nobodys_turn(desk: Desk) -> None:
    desk.apply(desk.plan(ONE, TWO))
    desk.apply(desk.plan(TWO))
    desk.time.pass_by(3 * 86_400)
    pooled = f"{ONE}, assign: {{round_robin: [ann@example.com, bob@example.com]}}"
    for _ in range(2):
        plan = desk.plan(pooled, TWO)
        assert (actions(plan)["one"], plan.cursors) == ("skip", {})
        desk.apply(plan)
        desk.time.pass_by(60)

"""A record keeps whom its pools gave it, from plan to plan: those of `else` and `cover`, and of renamed steps, too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cadence.model.people import Employee, Leave, Record
from tests.simulation import test_replanning
from tests.simulation.plans import TARGET
from tests.simulation.test_replanning import Desk, desk

if TYPE_CHECKING:
    from cadence.model.plan import Plan

__all__ = ["desk"]

AWAY = (Leave(date(2026, 11, 21), date(2026, 11, 24)),)
CID = Employee("e-3", "Cid", "cid@example.com", "UTC", leave=AWAY)
ANN_OR_BOB = "{round_robin: [ann@example.com, bob@example.com]}"
OTHER = Record("rec-2", object="client_client", name="Eve")


@pytest.fixture(autouse=True)
def team(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_replanning, "TEAM", (*test_replanning.TEAM, CID))


def assigned(plan: Plan) -> list[tuple[str, str]]:
    return [(str(each.action), each.assignee.name) for each in plan.activities if each.assignee]


def call(due: str, assign: str = "", more: str = "id: one") -> str:
    return f"{more}, activity: call, due: {due} after start, note: x" + (f", assign: {assign}" if assign else "")


@pytest.mark.parametrize(
    ("pool", "assign"),
    [
        ("s/one:else", f"{{owner: true, else: {ANN_OR_BOB}}}"),
        ("s/one:cover", f"{{employee: cid@example.com, cover: {ANN_OR_BOB}}}"),
        ("s/one:cover", "{employee: cid@example.com, cover: {least_loaded: [ann@example.com, bob@example.com]}}"),
    ],
)
def test_whoever_was_drawn_otherwise_or_as_cover_stays(desk: Desk, pool: str, assign: str) -> None:
    one = call("2 days", assign)
    desk.apply(desk.plan(one))
    for _ in range(2):
        desk.time.pass_by(60)
        again = desk.plan(one)
        assert (assigned(again), again.cursors) == ([("keep", "Ann")], {pool: 1})
        desk.apply(again)


@pytest.mark.parametrize(
    "assign",
    [
        "{round_robin: [cid@example.com, ann@example.com], cover: {employee: bob@example.com}}",
        "{round_robin: [cid@example.com, bob@example.com], cover: {employee: bob@example.com}}",
        "{round_robin: [cid@example.com, ann@example.com], cover: {round_robin: [bob@example.com]}}",
    ],
)
def test_whoever_covers_one_step_is_not_given_the_others(desk: Desk, assign: str) -> None:
    desk.head.append(f"assign: {assign}")
    steps = call("2 days"), call("10 days", more="id: two")
    first = desk.plan(*steps)
    assert assigned(first) == [("create", "Bob"), ("create", "Cid")]
    desk.apply(first)
    assert assigned(desk.plan(*steps)) == [("keep", "Bob"), ("keep", "Cid")]


@pytest.mark.parametrize("of_sequence", [True, False])
def test_a_step_that_is_renamed_stays_with_whom_it_was_drawn_for(desk: Desk, of_sequence: bool) -> None:
    if of_sequence:
        desk.head.append(f"assign: {ANN_OR_BOB}")
    assign = "" if of_sequence else ANN_OR_BOB
    desk.apply(desk.plan(call("2 days", assign), record=OTHER))
    desk.apply(desk.plan(call("2 days", assign)))
    renamed = desk.plan(call("2 days", assign, more="id: uno, moved_from: one"))
    assert assigned(renamed) == [("keep", "Bob")]
    desk.apply(renamed)
    assert list(desk.ledger.cursors(TARGET).values()) == [2]
    assert assigned(desk.plan(call("2 days", assign, more="id: uno"))) == [("keep", "Bob")]

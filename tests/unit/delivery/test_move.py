"""What comes next, by state and time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cadence.delivery.move import Create, Delete, Done, Move, Patch, Probe, Recover, Stop, Wait, holds_up, next_move
from cadence.model.entry import State
from cadence.model.plan import Action
from tests.unit.delivery.test_table import NOW, entry

LATER = NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("state", "changes", "move"),
    [
        (State.PLANNED, {}, Create()),
        (State.PLANNED, {"not_before": NOW}, Create()),
        (State.PLANNED, {"not_before": LATER}, Wait(LATER, doubtful=False)),
        (State.SENDING, {}, Recover()),
        (State.IN_DOUBT, {"unclear_until": LATER}, Wait(LATER, doubtful=True)),
        (State.IN_DOUBT, {"unclear_until": NOW}, Probe()),
        (State.IN_DOUBT, {}, Probe()),
        (State.SCHEDULED, {"activity_id": "a"}, Done()),
        (State.SCHEDULED, {"activity_id": "a", "pending": Action.CANCEL}, Delete("a")),
        (State.SCHEDULED, {"activity_id": "a", "pending": Action.MOVE, "patch": {"x": 1}}, Patch("a", {"x": 1})),
        (
            State.SCHEDULED,
            {"activity_id": "a", "pending": Action.MOVE, "not_before": LATER},
            Wait(LATER, doubtful=False),
        ),
        (State.SCHEDULED, {"activity_id": "a", "pending": Action.MOVE, "reason": "400"}, Stop()),
        (State.SCHEDULED, {"pending": Action.MOVE}, Stop()),
        (State.REJECTED, {}, Stop()),
        (State.PARKED, {}, Stop()),
        (State.CANCELLED, {}, Done()),
        (State.COMPLETED, {}, Done()),
    ],
)
def test_the_next_move_follows_from_state_and_time(state: State, changes: dict[str, Any], move: Move) -> None:
    assert next_move(entry(state, **changes), NOW) == move


def test_a_patch_never_names_what_the_crm_takes_only_at_creation() -> None:
    patch = {"activity_object_name": "task", "employee_id": "e-1"}
    moved = entry(State.SCHEDULED, activity_id="a", pending=Action.MOVE, patch=patch)
    assert next_move(moved, NOW) == Patch("a", {"employee_id": "e-1"})


@pytest.mark.parametrize(
    ("state", "changes", "held"),
    [
        (State.PLANNED, {}, True),
        (State.PLANNED, {"on_error": "continue"}, True),
        (State.SENDING, {}, True),
        (State.IN_DOUBT, {"on_error": "continue"}, True),
        (State.SCHEDULED, {}, False),
        (State.SCHEDULED, {"pending": Action.MOVE}, True),
        (State.SCHEDULED, {"pending": Action.MOVE, "reason": "400"}, True),
        (State.SCHEDULED, {"pending": Action.MOVE, "reason": "400", "on_error": "continue"}, False),
        (State.REJECTED, {}, True),
        (State.REJECTED, {"on_error": "continue"}, False),
        (State.PARKED, {}, True),
        (State.PARKED, {"on_error": "continue"}, False),
        (State.CANCELLED, {}, False),
        (State.COMPLETED, {}, False),
    ],
)
def test_what_is_not_settled_holds_up_the_rest(state: State, changes: dict[str, Any], held: bool) -> None:
    assert holds_up(entry(state, **changes)) is held


def test_a_list_that_is_to_hold_nothing_is_sent_empty_and_one_value_as_null() -> None:
    patch = {"notifications": None, "mentions": None, "notify_mentioned": None, "role_id": None, "note": "Hello"}
    move = next_move(entry(State.SCHEDULED, activity_id="a", pending=Action.MOVE, patch=patch), NOW)
    empty = {"notifications": [], "mentions": [], "notify_mentioned": False, "role_id": None, "note": "Hello"}
    assert move == Patch("a", empty)

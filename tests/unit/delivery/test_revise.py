"""What an approved plan makes of each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cadence.delivery.revise import created, revised
from cadence.model.entry import Entry, State
from cadence.model.plan import Action, Activity
from tests.unit.delivery.test_table import BODY, DUE, NOW, entry

LATER = DUE + timedelta(days=4)
NEW = {**BODY, "due_datetime": "2026-11-25T15:00:00Z"}
MOVED = {"due_datetime": "2026-11-25T15:00:00Z"}


def activity(action: Action, body: dict[str, Any] | None = None) -> Activity:
    return Activity("s", action, LATER, "UTC", body=body, key="k", marker="[cadence x]", activity="call")


def create(before: Entry) -> Entry:
    return revised(before, activity(Action.CREATE, NEW), position=2)


def test_a_create_that_the_ledger_does_not_know_is_planned() -> None:
    now = created(activity(Action.CREATE, NEW), "e", position=2)
    assert now == Entry(
        "k", "e", "s", 1, State.PLANNED, LATER, body=NEW, marker="[cadence x]", activity="call", position=2
    )


@pytest.mark.parametrize("state", [State.PLANNED, State.CANCELLED])
def test_a_create_of_what_is_not_in_the_crm_takes_the_plans_word(state: State) -> None:
    now = create(entry(state, attempts=3, not_before=NOW))
    assert (now.state, now.body, now.due_at, now.attempts, now.not_before) == (State.PLANNED, NEW, LATER, 3, NOW)


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
def test_a_create_of_what_may_be_in_the_crm_waits_as_a_patch(state: State) -> None:
    now = create(entry(state, sent_at=NOW))
    assert (now.state, now.body, now.due_at) == (state, BODY, DUE)
    assert (now.pending, now.patch) == (Action.MOVE, MOVED)


def test_a_create_that_asks_for_what_is_in_doubt_already_changes_nothing_of_it() -> None:
    doubt = entry(State.IN_DOUBT, sent_at=NOW, position=2, marker="[cadence x]", activity="call")
    same = replace(activity(Action.CREATE, dict(BODY)), due_at=DUE)
    assert revised(doubt, same, position=2) == doubt


def test_a_create_of_what_was_rejected_is_looked_for_first() -> None:
    now = create(entry(State.REJECTED, attempts=1, sent_at=NOW, reason="403", not_before=NOW))
    assert (now.state, now.unclear_until, now.not_before, now.reason) == (State.IN_DOUBT, None, None, None)
    # What may have been made is what was sent then; what is new waits as a change.
    assert (now.body, now.due_at, now.sent_at, now.attempts) == (BODY, DUE, NOW, 1)
    assert (now.pending, now.patch, now.position) == (Action.MOVE, MOVED, 2)


@pytest.mark.parametrize("action", [Action.CREATE, Action.KEEP, Action.CANCEL])
def test_what_is_parked_takes_its_place_from_the_plan(action: Action) -> None:
    now = revised(entry(State.PARKED), activity(action, NEW), position=2)
    assert now == entry(State.PARKED, position=2)


def test_a_create_of_what_is_done_changes_nothing() -> None:
    assert create(entry(State.COMPLETED)) == entry(State.COMPLETED)


def test_a_create_of_what_was_sent_since_moves_it_to_where_it_is_wanted() -> None:
    there = entry(State.SCHEDULED, activity_id="a")
    now = create(there)
    assert (now.state, now.pending, now.patch) == (State.SCHEDULED, Action.MOVE, MOVED)
    as_wanted = replace(activity(Action.CREATE, dict(BODY)), due_at=DUE)
    assert revised(there, as_wanted, position=there.position) == there
    moved = replace(there, moved_to=LATER)
    assert create(moved) == moved


def test_a_create_of_what_was_given_up_is_looked_for_first_where_it_may_have_been_done() -> None:
    now = create(entry(State.CANCELLED, attempts=1, sent_at=NOW))
    assert (now.state, now.body, now.sent_at, now.patch) == (State.IN_DOUBT, BODY, NOW, MOVED)
    deleted = create(entry(State.CANCELLED, attempts=2, sent_at=NOW, activity_id="a"))
    assert (deleted.state, deleted.body, deleted.activity_id) == (State.PLANNED, NEW, None)


def test_a_move_of_what_is_scheduled_is_pending_until_the_crm_has_it() -> None:
    before = entry(State.SCHEDULED, activity_id="a", reason="400")
    now = revised(before, activity(Action.MOVE, MOVED), position=0)
    assert now == replace(before, pending=Action.MOVE, patch=MOVED, reason=None)


def test_a_change_undoes_a_pending_one_that_the_plan_no_longer_wants() -> None:
    before = entry(State.SCHEDULED, pending=Action.MOVE, patch={**MOVED, "employee_id": "e-3"})
    now = revised(before, activity(Action.REASSIGN, {"employee_id": "e-2"}), position=0)
    assert now.patch == {"due_datetime": BODY["due_datetime"], "employee_id": "e-2"}


def test_a_change_leaves_a_pending_one_of_what_plans_do_not_compare() -> None:
    pending = {"note": "Call them soon [cadence x]", "notifications": []}
    before = entry(State.SCHEDULED, pending=Action.MOVE, patch=pending)
    assert revised(before, activity(Action.MOVE, MOVED), position=0).patch == {**pending, **MOVED}
    assert revised(before, activity(Action.KEEP), position=0).patch == pending


def test_a_move_of_what_was_never_sent_needs_no_request() -> None:
    now = revised(entry(State.PLANNED), activity(Action.MOVE, MOVED), position=0)
    assert (now.state, now.pending, now.due_at) == (State.PLANNED, None, LATER)


def test_what_a_change_takes_away_from_what_was_never_sent_is_not_sent_as_nothing() -> None:
    before = entry(State.PLANNED, body={**BODY, "employee_id": "e-2"})
    now = revised(before, activity(Action.REASSIGN, {"employee_id": None, "role_id": "r-1"}), position=0)
    assert now.body == {**BODY, "role_id": "r-1"}


def test_a_reassignment_in_doubt_stays_one() -> None:
    now = revised(entry(State.IN_DOUBT), activity(Action.REASSIGN, {"employee_id": "e-2"}), position=0)
    assert (now.pending, now.patch) == (Action.REASSIGN, {"employee_id": "e-2"})


@pytest.mark.parametrize("state", [State.REJECTED, State.PARKED, State.CANCELLED, State.COMPLETED])
def test_a_move_of_what_cannot_move_changes_nothing(state: State) -> None:
    assert revised(entry(state), activity(Action.MOVE, MOVED), position=0) == entry(state)


@pytest.mark.parametrize("action", [Action.CANCEL, Action.SKIP, Action.ESTIMATE])
def test_what_was_not_sent_is_cancelled_without_a_request(action: Action) -> None:
    now = revised(entry(State.PLANNED, reason="400"), activity(action), position=0)
    assert (now.state, now.pending, now.reason) == (State.CANCELLED, None, None)
    assert "note" not in now.body


@pytest.mark.parametrize("action", [Action.CANCEL, Action.SKIP, Action.ESTIMATE])
def test_what_was_refused_is_looked_for_before_it_counts_as_cancelled(action: Action) -> None:
    now = revised(entry(State.REJECTED, sent_at=NOW, reason="403", not_before=NOW), activity(action), position=0)
    assert (now.state, now.pending, now.patch, now.sent_at) == (State.IN_DOUBT, Action.CANCEL, {}, NOW)
    assert (now.unclear_until, now.not_before, now.absent, now.reason) == (None, None, 0, None)


def test_keeping_what_is_parked_takes_a_pending_cancellation_back() -> None:
    now = revised(entry(State.PARKED, pending=Action.CANCEL), activity(Action.KEEP), position=0)
    assert now == entry(State.PARKED)


def test_what_is_to_be_changed_takes_its_place_from_the_plan() -> None:
    before = entry(State.SCHEDULED, pending=Action.MOVE, patch=MOVED)
    assert revised(before, activity(Action.MOVE, MOVED), position=3).position == 3


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.SCHEDULED])
def test_a_cancel_of_what_may_be_in_the_crm_is_pending(state: State) -> None:
    now = revised(entry(state, patch=MOVED, pending=Action.MOVE), activity(Action.CANCEL), position=0)
    assert (now.state, now.pending, now.patch) == (state, Action.CANCEL, {})


@pytest.mark.parametrize("state", [State.PARKED, State.CANCELLED, State.COMPLETED])
def test_a_cancel_of_what_is_settled_or_parked_changes_nothing(state: State) -> None:
    assert revised(entry(state), activity(Action.CANCEL), position=0) == entry(state)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.COMPLETED])
def test_a_skip_never_touches_what_is_there(state: State) -> None:
    assert revised(entry(state), activity(Action.SKIP), position=0) == entry(state)


def test_keeping_what_may_have_been_moved_moves_it_back() -> None:
    before = entry(State.SCHEDULED, pending=Action.MOVE, patch={**MOVED, "employee_id": "e-2"})
    now = revised(before, activity(Action.KEEP), position=0)
    assert (now.pending, now.patch) == (Action.MOVE, {"due_datetime": BODY["due_datetime"], "employee_id": None})


def test_keeping_what_may_have_been_cancelled_asks_the_crm_for_it() -> None:
    now = revised(entry(State.SCHEDULED, pending=Action.CANCEL), activity(Action.KEEP), position=0)
    assert (now.pending, now.patch) == (Action.MOVE, {"due_datetime": BODY["due_datetime"]})


def test_keeping_what_is_in_doubt_drops_what_was_pending() -> None:
    now = revised(entry(State.IN_DOUBT, pending=Action.CANCEL), activity(Action.KEEP), position=0)
    assert (now.pending, now.patch) == (None, {})


@pytest.mark.parametrize("state", [State.SCHEDULED, State.PLANNED, State.REJECTED, State.PARKED, State.CANCELLED])
def test_keeping_what_nothing_is_pending_for_changes_nothing(state: State) -> None:
    assert revised(entry(state), activity(Action.KEEP), position=0) == entry(state)


@pytest.mark.parametrize("state", list(State))
def test_an_entry_takes_the_name_that_its_step_has_now(state: State) -> None:
    renamed = replace(activity(Action.KEEP), step="new")
    assert revised(entry(state), renamed, position=0) == replace(entry(state), step="new")

"""What a person may decide, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.event import Dropped, Retried
from cadence.delivery.resolution import Adopt, Drop, Send, resolved, retried
from cadence.delivery.table import ImpossibleEvent, after
from cadence.errors import SubmissionError
from cadence.model.entry import State
from cadence.model.plan import Action
from tests.unit.delivery.test_table import NOW, entry

if TYPE_CHECKING:
    from cadence.delivery.resolution import Resolution
    from cadence.model.entry import Entry

NOTE = {"note": "Call them\n[cadence m]"}


def parked() -> Entry:
    return entry(State.PARKED, marker="[cadence m]", body=NOTE, reason="two carry its marker")


def refused_change() -> Entry:
    return entry(State.SCHEDULED, activity_id="a-1", pending=Action.MOVE, patch={"employee_id": "e"}, reason="403")


def test_what_is_adopted_is_scheduled_under_its_id() -> None:
    adopted = resolved(parked(), Adopt("a-7"), at=NOW)
    assert (adopted.state, adopted.activity_id, adopted.reason) == (State.SCHEDULED, "a-7", None)


def test_what_is_not_there_goes_again_with_all_that_was_approved() -> None:
    again = resolved(parked(), Send(), at=NOW)
    assert (again.state, again.body, again.reason) == (State.PLANNED, NOTE, None)


@pytest.mark.parametrize("state", [State.PARKED, State.REJECTED])
def test_what_is_given_up_is_cancelled(state: State) -> None:
    assert resolved(replace(parked(), state=state), Drop(), at=NOW).state is State.CANCELLED


def test_a_refused_change_that_is_given_up_leaves_the_activity_as_it_is() -> None:
    left = resolved(refused_change(), Drop(), at=NOW)
    assert (left.state, left.activity_id, left.pending, left.patch) == (State.SCHEDULED, "a-1", None, {})


def test_what_was_refused_is_looked_for_before_it_goes_again() -> None:
    rejected = entry(State.REJECTED, reason="400 bad", not_before=NOW)
    again = retried(rejected)
    assert (again.state, again.reason, again.not_before, again.unclear_until) == (State.IN_DOUBT, None, None, None)
    change = retried(refused_change())
    assert (change.state, change.pending, change.reason) == (State.SCHEDULED, Action.MOVE, None)


@pytest.mark.parametrize("changes", [{"body": {}}, {"activity_id": "a-1"}, {"activity_id": "a-1", "marker": ""}])
def test_a_note_that_the_ledger_no_longer_keeps_cannot_be_sent_again(changes: dict[str, Any]) -> None:
    with pytest.raises(SubmissionError) as raised:
        resolved(replace(parked(), **changes), Send(), at=NOW)
    assert str(raised.value) == (
        "step 's' cannot be sent again: the ledger keeps no note of what was scheduled once; "
        "--drop it and apply the sequence again"
    )


@pytest.mark.parametrize(
    ("state", "resolution", "message"),
    [
        (State.IN_DOUBT, Send(), "step 's' is in doubt, expected one that is parked; `cadence settle` looks for it in the CRM"),
        (State.REJECTED, Adopt("a"), "step 's' is rejected, expected one that is parked; `cadence retry` sends it again; --drop gives it up"),
        (State.PLANNED, Drop(), "step 's' is planned, expected one that is parked; `cadence settle` sends it"),
        (State.SCHEDULED, Drop(), "step 's' is scheduled, expected one that is parked; nothing is to be decided about it"),
    ],
)  # fmt: skip
def test_only_what_is_parked_is_a_persons_to_decide(state: State, resolution: Resolution, message: str) -> None:
    with pytest.raises(SubmissionError) as raised:
        resolved(entry(state), resolution, at=NOW)
    assert str(raised.value) == message


def test_a_refused_change_is_tried_again_or_given_up() -> None:
    with pytest.raises(SubmissionError) as raised:
        resolved(refused_change(), Send(), at=NOW)
    assert str(raised.value) == (
        "step 's' is scheduled, expected one that is parked; the CRM refused a change of it; "
        "`cadence retry` sends it again; --drop gives it up"
    )


@pytest.mark.parametrize("event", [Dropped(), Retried()])
@pytest.mark.parametrize("state", [State.PLANNED, State.SENDING, State.IN_DOUBT, State.SCHEDULED, State.CANCELLED])
def test_the_table_knows_no_decision_about_what_is_under_way(state: State, event: Dropped | Retried) -> None:
    with pytest.raises(ImpossibleEvent):
        after(entry(state), event)

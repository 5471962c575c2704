"""The state table, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cadence.delivery.answer import Accepted, InDoubt, NotSent, Refused
from cadence.delivery.event import Absent, Answered, Event, Found, Intended, Lost, Unclear
from cadence.delivery.table import ImpossibleEvent, after
from cadence.delivery.terms import Terms
from cadence.model.entry import Entry, State
from cadence.model.plan import Action

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
DUE = NOW + timedelta(days=1)
BODY = {"activity_object_name": "call", "due_datetime": "2026-11-21T15:00:00Z", "note": "Call them [cadence x]"}


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def entry(state: State, **changes: Any) -> Entry:
    plain = Entry(key="k", enrollment="e", step="s", occurrence=1, state=state, due_at=DUE, body=BODY)
    return replace(plain, **changes)


def sending(**changes: Any) -> Entry:
    return entry(State.SENDING, attempts=1, sent_at=NOW, **changes)


def answered(answer: Accepted | NotSent | Refused | InDoubt, *, pause: float = 0) -> Answered:
    return Answered(answer, sent_at=NOW, at=NOW + seconds(2), pause=seconds(pause))


def test_an_intent_counts_the_attempt_and_keeps_the_note_that_will_be_sent() -> None:
    now = after(entry(State.PLANNED, not_before=NOW, reason="503"), Intended(NOW))
    assert now == entry(State.SENDING, attempts=1, sent_at=NOW)


def test_an_intent_takes_up_what_the_plan_has_changed_since() -> None:
    patch = {"due_datetime": "2026-11-25T09:00:00Z"}
    now = after(entry(State.PLANNED, pending=Action.MOVE, patch=patch), Intended(NOW))
    assert now.body == {**BODY, **patch}
    assert now.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert (now.pending, now.patch) == (None, {})


def test_an_accepted_create_is_scheduled_and_forgets_the_note() -> None:
    now = after(sending(), answered(Accepted("a-1")))
    assert now.state is State.SCHEDULED
    assert now.activity_id == "a-1"
    assert now.body == {"activity_object_name": "call", "due_datetime": "2026-11-21T15:00:00Z"}


def test_a_success_without_an_id_is_in_doubt() -> None:
    now = after(sending(), answered(Accepted()))
    assert now.state is State.IN_DOUBT
    assert now.reason == "the answer was a success without an id"
    assert now.unclear_until == NOW + seconds(61)


@pytest.mark.parametrize(
    ("answer", "pause", "wait"),
    [
        (NotSent("refused"), 4, 5),
        (Refused(429, "slow down"), 4, 5),
        (Refused(429, "slow down", retry_after=seconds(30)), 4, 31),
        (Refused(429, "slow down", retry_after=timedelta(days=400)), 4, 3601),
        (Refused(429, "slow down", retry_after=seconds(-5)), 0, 0),
        (Refused(401, "wrong key"), 0, 0),
    ],
)
def test_what_was_certainly_not_done_is_planned_again(answer: NotSent | Refused, pause: float, wait: float) -> None:
    now = after(sending(), answered(answer, pause=pause))
    assert now.state is State.PLANNED
    assert now.not_before == NOW + seconds(2 + wait)


def test_a_refusal_is_a_rejection_in_the_crms_own_words() -> None:
    refused = Refused(400, "no such employee", code="does_not_exist", request_id="r-9")
    now = after(sending(), answered(refused))
    assert now.state is State.REJECTED
    assert now.reason == "400 no such employee [does_not_exist] (request r-9)"


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (InDoubt("timed out"), 61),
        (InDoubt("503", 503, retry_after=seconds(10)), 61),
        (InDoubt("503", 503, retry_after=seconds(90)), 93),
    ],
)
def test_a_doubt_is_left_alone_for_the_quiet_period_or_longer_where_the_server_says_so(
    answer: InDoubt, wait: float
) -> None:
    now = after(sending(), answered(answer), terms=Terms(quiet=seconds(60)))
    assert now.state is State.IN_DOUBT
    assert now.unclear_until == NOW + seconds(wait)


def test_what_a_crash_left_is_in_doubt_since_it_was_sent() -> None:
    now = after(sending(), Lost(), terms=Terms(quiet=seconds(60)))
    assert now.state is State.IN_DOUBT
    assert now.unclear_until == NOW + seconds(61)


def test_what_a_crash_left_may_have_been_sent_a_little_later_than_it_was_noted() -> None:
    now = after(sending(), Lost(seconds(5)), terms=Terms(quiet=seconds(60)))
    assert now.unclear_until == NOW + seconds(66)


def test_a_target_without_a_quiet_period_may_be_probed_at_once() -> None:
    assert after(sending(), Lost(seconds(5)), terms=Terms(quiet=seconds(0))).unclear_until == NOW


def test_what_a_probe_finds_is_adopted() -> None:
    doubt = entry(State.IN_DOUBT, unclear_until=NOW, absent=1, reason="timed out")
    now = after(doubt, Found("a-7"))
    assert (now.state, now.activity_id, now.reason, now.unclear_until) == (State.SCHEDULED, "a-7", None, None)
    assert "note" not in now.body


def test_what_a_probe_does_not_find_is_planned_again() -> None:
    now = after(entry(State.IN_DOUBT, unclear_until=NOW, reason="timed out"), Absent(NOW))
    assert now == entry(State.PLANNED)


def test_where_a_list_may_lag_it_must_be_absent_twice() -> None:
    terms = Terms(absences=2, lag=seconds(5))
    once = after(entry(State.IN_DOUBT), Absent(NOW), terms=terms)
    assert (once.state, once.absent, once.unclear_until) == (State.IN_DOUBT, 1, NOW + seconds(6))
    assert after(once, Absent(NOW + seconds(6)), terms=terms).state is State.PLANNED


def test_a_cancel_of_what_was_never_there_is_done() -> None:
    now = after(entry(State.IN_DOUBT, pending=Action.CANCEL), Absent(NOW))
    assert (now.state, now.pending) == (State.CANCELLED, None)


def test_what_a_probe_cannot_tell_is_parked() -> None:
    now = after(entry(State.IN_DOUBT, unclear_until=NOW), Unclear("2 carry its marker"))
    assert (now.state, now.reason) == (State.PARKED, "2 carry its marker")


@pytest.mark.parametrize(("event", "state"), [(Found("a-1"), State.SCHEDULED), (Absent(NOW), State.PLANNED)])
def test_a_person_settles_what_is_parked(event: Event, state: State) -> None:
    assert after(entry(State.PARKED, reason="unclear"), event).state is state


def pending(action: Action, **changes: Any) -> Entry:
    patch = {"due_datetime": "2026-11-25T09:00:00Z"} if action is Action.MOVE else {}
    return entry(State.SCHEDULED, activity_id="a-1", pending=action, patch=patch, **changes)


def test_an_accepted_move_is_what_the_crm_now_holds() -> None:
    now = after(pending(Action.MOVE), answered(Accepted("a-1")))
    assert (now.state, now.pending, now.patch) == (State.SCHEDULED, None, {})
    assert now.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert "note" not in now.body


@pytest.mark.parametrize("answer", [Accepted(), Refused(404, "Not found."), Refused(410, "Gone")])
def test_a_cancel_is_done_when_it_is_gone(answer: Accepted | Refused) -> None:
    now = after(pending(Action.CANCEL), answered(answer))
    assert (now.state, now.pending) == (State.CANCELLED, None)


def test_a_move_of_what_is_gone_is_parked() -> None:
    now = after(pending(Action.MOVE), answered(Refused(404, "Not found.", code="not_found")))
    assert now.state is State.PARKED
    assert now.reason == "it is no longer in the CRM, or not visible: 404 Not found. [not_found]"


@pytest.mark.parametrize("action", [Action.MOVE, Action.REASSIGN, Action.CANCEL])
@pytest.mark.parametrize(
    "answer", [NotSent("refused"), Refused(429, "slow down"), Refused(401, "wrong key"), InDoubt("timed out")]
)
def test_a_change_without_a_definite_answer_stays_pending(action: Action, answer: NotSent | Refused | InDoubt) -> None:
    before = pending(action)
    now = after(before, answered(answer, pause=1))
    assert now == replace(before, attempts=1, not_before=NOW + seconds(4))


def test_a_refused_change_stays_pending_with_the_reason_and_the_old_due() -> None:
    now = after(pending(Action.MOVE), answered(Refused(400, "no")))
    assert (now.state, now.pending, now.reason, now.due_at) == (State.SCHEDULED, Action.MOVE, "400 no", DUE)


EVENTS: tuple[Event, ...] = (
    Intended(NOW), answered(NotSent("no")), Lost(), Found("a"), Absent(NOW), Unclear("no"),
)  # fmt: skip
KNOWN: dict[State, set[type[Event]]] = {
    State.PLANNED: {Intended},
    State.SENDING: {Answered, Lost},
    State.IN_DOUBT: {Found, Absent, Unclear},
    State.PARKED: {Found, Absent},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_that_a_state_does_not_know_is_a_fault_in_the_program(state: State, event: Event) -> None:
    if type(event) in KNOWN.get(state, set()):
        assert after(entry(state, sent_at=NOW), event) != entry(state, sent_at=NOW)
        return
    with pytest.raises(ImpossibleEvent) as raised:
        after(entry(state), event)
    assert str(raised.value) == f"entry 'k' is {state}, which does not know '{type(event).__name__}'"

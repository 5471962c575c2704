"""Laws of the state table, over all histories an entry can have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from cadence.delivery.backoff import backoff, clamped
from cadence.delivery.event import Absent, Answered, Event, Found, Intended, Lost, Unclear
from cadence.delivery.move import Create, Delete, Done, Move, Patch, Probe, Recover, Stop, Wait, next_move
from cadence.delivery.patching import difference
from cadence.delivery.revise import created, revised
from cadence.delivery.table import after
from cadence.delivery.terms import Terms
from cadence.model.entry import Entry, State
from cadence.model.plan import Action, Activity

START = datetime(2026, 11, 20, 15, tzinfo=UTC)
TERMS = Terms(quiet=timedelta(seconds=60), absences=2)

retry_afters = st.none() | st.integers(-10, 10**6).map(lambda seconds: timedelta(seconds=seconds))
answers: st.SearchStrategy[Answer] = st.one_of(
    st.builds(NotSent, st.just("refused")),
    st.builds(Accepted, st.none() | st.just("a-1")),
    st.builds(Refused, st.sampled_from([400, 401, 403, 404, 409, 422, 429]), st.just("no"), retry_after=retry_afters),
    st.builds(InDoubt, st.just("timed out"), st.sampled_from([None, 500, 503]), retry_after=retry_afters),
)
pauses = st.integers(0, 30).map(lambda seconds: timedelta(seconds=seconds))
bodies = st.fixed_dictionaries(
    {"due_datetime": st.integers(0, 40).map(lambda day: f"{START + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}")},
    optional={"employee_id": st.sampled_from(["e-1", "e-2"]), "note": st.text(max_size=5)},
)
activities = st.builds(
    lambda action, body: Activity(
        "s",
        action,
        datetime.fromisoformat(body["due_datetime"]),
        "UTC",
        body=body,
        key="k",
        marker="[m]",
        activity="call",
    ),
    st.sampled_from(Action),
    bodies,
)


@dataclass(frozen=True)
class Turn:
    """An entry at some time, what came next, and what happened then; no event where only time passed."""

    entry: Entry
    move: Move
    now: datetime
    event: Event | None


@st.composite
def events_for(draw: st.DrawFn, move: Move, now: datetime) -> Event | None:
    """Draw what may happen after *move*; None where only time passes."""
    match move:
        case Create():
            return Intended(now)
        case Recover():
            lost: st.SearchStrategy[Event] = st.sampled_from((Lost(), Lost(timedelta(seconds=5))))
            return draw(lost | st.builds(Answered, answers, st.just(now), st.just(now), pauses))
        case Probe():
            seen: list[Event] = [Found("a-1"), Absent(now), Unclear("two of them")]
            return draw(st.sampled_from(seen))
        case Patch() | Delete():
            return draw(st.builds(Answered, answers, st.just(now), st.just(now), pauses))
        case Wait() | Stop() | Done():
            return None


@st.composite
def histories(draw: st.DrawFn) -> list[Turn]:
    """Draw an entry's life: plans, events and the time that passes, with the move that was next at each point."""
    first = draw(activities.filter(lambda activity: activity.action is Action.CREATE))
    entry, now = created(first, "e", position=0), START
    life = []
    for _ in range(draw(st.integers(1, 25))):
        now += timedelta(seconds=draw(st.sampled_from([0, 1, 5, 59, 61, 100, 4000])))
        if draw(st.integers(0, 5)) == 0:
            entry = revised(entry, draw(activities), position=0)
        move = next_move(entry, now)
        event = draw(events_for(move, now))
        life.append(Turn(entry, move, now, event))
        entry = entry if event is None else after(entry, event, terms=TERMS)
    return life


@given(histories())
def test_a_create_goes_out_only_from_planned_and_never_with_an_id(life: list[Turn]) -> None:
    for turn in life:
        if isinstance(turn.move, Create):
            assert (turn.entry.state, turn.entry.activity_id) == (State.PLANNED, None)


@given(histories())
def test_nothing_is_sent_or_probed_before_it_may(life: list[Turn]) -> None:
    for turn in life:
        if isinstance(turn.move, Probe) and turn.entry.unclear_until is not None:
            assert turn.now >= turn.entry.unclear_until
        if isinstance(turn.move, Create | Patch | Delete) and turn.entry.not_before is not None:
            assert turn.now >= turn.entry.not_before


@given(histories())
def test_between_a_doubt_and_the_next_create_lie_probes_that_found_nothing(life: list[Turn]) -> None:
    doubts = 0
    for turn in life:
        if isinstance(turn.move, Create):
            assert doubts == 0
        match turn.event:
            case Lost() | Answered(answer=InDoubt() | Accepted(activity_id=None)):
                doubts = TERMS.absences if turn.entry.state is State.SENDING else doubts
            case Absent():
                doubts = max(doubts - 1, 0)
            case Found():
                doubts = 0


@given(histories())
def test_no_note_is_kept_of_what_the_crm_has(life: list[Turn]) -> None:
    for turn in life:
        if turn.entry.state in (State.SCHEDULED, State.CANCELLED) and turn.entry.pending is None:
            assert "note" not in turn.entry.body


@given(histories())
def test_what_is_in_doubt_says_since_when(life: list[Turn]) -> None:
    for turn in life:
        if turn.entry.state is State.IN_DOUBT:
            assert turn.entry.sent_at is not None


@given(histories(), activities)
def test_applying_a_plan_twice_is_applying_it_once(life: list[Turn], activity: Activity) -> None:
    for turn in life:
        once = revised(turn.entry, activity, position=3)
        assert revised(once, activity, position=3) == once


@given(bodies, bodies)
def test_a_difference_turns_the_old_body_into_the_new(old: dict[str, str], new: dict[str, str]) -> None:
    patched = {**old, **difference(old, new)}
    assert {name: value for name, value in patched.items() if value is not None} == new


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_within_its_ceiling(tries: int, draw: float) -> None:
    assert timedelta() <= backoff(tries, draw) <= timedelta(seconds=30)


@given(st.none() | st.timedeltas())
def test_what_a_server_asks_for_is_within_an_hour(asked: timedelta | None) -> None:
    assert timedelta() <= clamped(asked) <= timedelta(hours=1)

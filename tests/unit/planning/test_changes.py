"""Planning what is enrolled already: what is kept, moved, reassigned, cancelled, gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.model.entry import Enrollment, Entry, History, State
from cadence.model.people import Directory, Record
from cadence.model.plan import Action
from cadence.planning.record import plan_record
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.model.plan import Activity, EnrollmentPlan
    from cadence.planning.record import Planned

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NO_HISTORY = History()
LATER = NOW + timedelta(days=1)
HEAD = "sequence: demo\ntimezone: UTC\n"
TWO = (
    HEAD
    + """steps:
  - {id: one, activity: call, due: 2 days after start at 10:00, assign: {employee: ada@example.com}}
  - {id: two, activity: call, due: 4 days after start at 10:00}
"""
)
RECORD = Record("r-1", {"end": "2027-03-31"})
Change = Callable[..., "Planned"]


def history_of(plan: EnrollmentPlan, **states: State) -> History:
    """Return the ledger after *plan* was applied, each step in the state given, else scheduled."""
    enrollment = Enrollment(
        plan.key, plan.sequence, plan.record.id, plan.record.object, plan.number, plan.start, plan.params
    )
    entries = tuple(
        Entry(
            a.key, plan.key, a.step, a.occurrence, states.get(a.step, State.SCHEDULED), a.due_at, a.body or {}, a.marker
        )
        for a in plan.activities
        if a.due_at is not None and a.body is not None
    )
    return History((enrollment,), entries)


def planned(text: str, history: History = NO_HISTORY, *, now: datetime = NOW, **options: Any) -> Planned:
    return plan_record(parse_sequence(text), options.pop("record", RECORD), now=now, history=history, **options)


def applied(text: str = TWO, **states: State) -> History:
    return history_of(planned(text).enrollment, **states)


def by_step(plan: Planned) -> dict[str, Activity]:
    return {activity.step: activity for activity in plan.enrollment.activities}


def test_planning_an_applied_plan_changes_nothing() -> None:
    again = planned(TWO, applied(), now=LATER)
    assert [(a.action, a.body, a.reason) for a in again.enrollment.activities] == [("keep", None, None)] * 2
    assert not again.enrollment.is_new
    assert again.enrollment.start == NOW


def test_a_change_that_is_not_wanted_any_more_is_said_to_be_undone() -> None:
    history = applied()
    moved = replace(history.entries[0], pending=Action.MOVE, patch={"due_datetime": "2026-11-30T10:00:00Z"})
    found = by_step(planned(TWO, replace(history, entries=(moved, *history.entries[1:])), now=LATER))
    assert [(a.action, a.reason) for a in found.values()] == [
        ("move", "its move was not confirmed: the CRM is told anew"),
        ("keep", None),
    ]


def test_a_due_that_changed_moves_the_activity() -> None:
    moved = by_step(planned(TWO.replace("4 days", "5 days"), applied(), now=LATER))["two"]
    assert (moved.action, moved.body) == ("move", {"due_datetime": "2026-11-28T10:00:00Z"})
    assert moved.previous_due_at == moved.original_due_at == datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert by_step(planned(TWO.replace("4 days", "5 days"), applied()))["one"].action == "keep"


def test_a_move_cascades_to_what_counts_from_it() -> None:
    text = TWO.replace("4 days after start", "1 day after one")
    found = by_step(planned(text.replace("2 days", "3 days"), applied(text)))
    assert [(a.action, str(a.due_at)[:16]) for a in found.values()] == [
        ("move", "2026-11-26 10:00"),
        ("move", "2026-11-27 10:00"),
    ]


def test_another_assignee_is_a_reassignment(team: Directory) -> None:
    text = TWO.replace("{employee: ada@example.com}", "{employee: bob@example.com}")
    history = history_of(planned(TWO, directory=team).enrollment)
    found = by_step(planned(text, history, directory=team))["one"]
    assert (found.action, found.body) == ("reassign", {"employee_id": "00000000-0000-0000-0000-00000000000b"})
    to_role = by_step(planned(text.replace("employee: bob@example.com", "role: Sales"), history, directory=team))["one"]
    assert to_role.body == {"role_id": "00000000-0000-0000-0000-0000000000f1", "employee_id": None}


def test_a_step_that_is_gone_is_cancelled_while_it_is_pending() -> None:
    text = HEAD + "steps: [{id: two, activity: call, due: 4 days after start at 10:00}]"
    gone = by_step(planned(text, applied()))["one"]
    assert (gone.action, gone.reason) == ("cancel", "is no longer in the sequence")
    past = by_step(planned(text, applied(), now=NOW + timedelta(days=3)))["one"]
    assert (past.action, past.reason) == ("keep", "its due has passed")
    done = by_step(planned(text, applied(one=State.COMPLETED)))["one"]
    assert (done.action, done.reason) == ("keep", "is completed")


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
def test_a_step_that_is_gone_is_cancelled_where_it_may_be_in_the_crm(state: State) -> None:
    text = HEAD + "steps: [{id: two, activity: call, due: 4 days after start at 10:00}]"
    for now in (NOW, NOW + timedelta(days=3)):
        gone = by_step(planned(text, applied(one=state), now=now))["one"]
        assert (gone.action, gone.reason, gone.body) == ("cancel", "is no longer in the sequence", None)
    conditional = TWO.replace("one, activity", "one, if: record.live, activity")
    found = by_step(planned(conditional, applied(one=state), record=replace(RECORD, fields={"live": False})))
    assert (found["one"].action, found["one"].reason) == ("cancel", "its condition does not hold: record.live")


def test_fewer_repeats_cancel_the_rest() -> None:
    text = HEAD + "steps: [{id: one, activity: call, due: 1 day after start, repeat: {every: 1 day, times: 3}}]"
    found = planned(text.replace("times: 3", "times: 2"), applied(text)).enrollment.activities
    assert [(a.occurrence, a.action, a.reason) for a in found] == [
        (1, "keep", None),
        (2, "keep", None),
        (3, "cancel", "is repeated less often"),
    ]


def test_a_step_whose_condition_no_longer_holds_is_cancelled() -> None:
    text = TWO.replace("two, activity", "two, if: record.live, activity")
    before = planned(text, record=replace(RECORD, fields={"live": True})).enrollment
    found = by_step(planned(text, history_of(before), record=replace(RECORD, fields={"live": False})))
    assert (found["two"].action, found["two"].reason) == ("cancel", "its condition does not hold: record.live")


def test_completed_and_past_entries_are_never_touched() -> None:
    changed = TWO.replace("2 days", "7 days").replace("4 days", "8 days")
    for state, now in ((State.COMPLETED, NOW), (State.SCHEDULED, NOW + timedelta(days=3))):
        found = by_step(planned(changed, applied(one=state), now=now))
        assert (found["one"].action, str(found["one"].due_at)[:10]) == ("keep", "2026-11-25")
        assert found["two"].action == "move"


def test_a_change_that_is_not_confirmed_goes_on_when_the_old_due_has_passed() -> None:
    history = applied()
    moved = replace(history.entries[0], pending=Action.MOVE, patch={"due_datetime": "2026-11-30T10:00:00Z"})
    later = TWO.replace("2 days", "7 days").replace("4 days", "8 days")
    found = by_step(
        planned(later, replace(history, entries=(moved, *history.entries[1:])), now=NOW + timedelta(days=3))
    )
    assert (found["one"].action, str(found["one"].due_at)[:10]) == ("move", "2026-11-30")
    gone = HEAD + "steps: [{id: two, activity: call, due: 4 days after start at 10:00}]"
    found = by_step(planned(gone, replace(history, entries=(moved, *history.entries[1:])), now=NOW + timedelta(days=3)))
    assert found["one"].action == "cancel"


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
def test_what_is_in_doubt_is_planned_for_the_due_that_the_sequence_has_now(state: State) -> None:
    found = by_step(planned(TWO.replace("2 days", "7 days"), applied(one=state)))["one"]
    assert (found.action, str(found.due_at)[:10]) == ("create", "2026-11-30")


@pytest.mark.parametrize("state", [State.PLANNED, State.REJECTED, State.CANCELLED, State.IN_DOUBT])
def test_what_waits_for_a_completion_is_an_estimate_though_the_ledger_knows_it(state: State) -> None:
    waiting = TWO.replace("4 days after start at 10:00", "2 days after completion of one at 10:00")
    found = by_step(planned(waiting, applied(two=state)))["two"]
    assert (found.action, found.body) == ("estimate", None)


@pytest.mark.parametrize(
    ("state", "action", "reason"),
    [
        (State.PLANNED, "create", "was not sent yet"),
        (State.SENDING, "create", "was sent and the outcome is unknown: it is looked for first"),
        (State.IN_DOUBT, "create", "was sent and the outcome is unknown: it is looked for first"),
        (State.REJECTED, "create", "was rejected"),
        (State.PARKED, "keep", "its outcome is unclear: decide with `cadence resolve`"),
        (State.CANCELLED, "create", "was cancelled and is wanted again"),
    ],
)
def test_what_was_not_settled_goes_on_under_its_key(state: State, action: str, reason: str) -> None:
    history = applied(one=state)
    found = by_step(planned(TWO, history, now=LATER))["one"]
    assert (found.action, found.reason) == (action, reason)
    assert found.key == history.entries[0].key
    assert found.marker == history.entries[0].marker
    assert [line.reason for line in found.why if "stands" in line.reason] in ([], ["stands since it was sent"])


def test_a_step_that_was_taken_out_and_put_back_is_scheduled_again() -> None:
    history = applied(one=State.CANCELLED)
    again = by_step(planned(TWO, history, now=LATER))["one"]
    assert again.body is not None
    assert again.body["due_datetime"] == history.entries[0].body["due_datetime"]
    gone = by_step(planned(TWO.replace("id: one", "id: other").replace("after one", "after other"), history, now=LATER))
    assert (gone["one"].action, gone["one"].reason) == ("skip", "was cancelled: is no longer in the sequence")


def test_what_was_cancelled_and_is_past_stays_cancelled() -> None:
    found = by_step(planned(TWO, applied(one=State.CANCELLED), now=NOW + timedelta(days=30)))["one"]
    assert (found.action, found.reason) == ("skip", "was cancelled, and its due has passed")


def test_a_changed_type_is_warned_of_because_the_crm_keeps_it() -> None:
    history = applied()
    history = replace(history, entries=tuple(replace(entry, activity="call") for entry in history.entries))
    made = planned(TWO.replace("activity: call", "activity: meeting"), history, now=LATER)
    [finding] = {each.message for each in made.findings if each.code == "type-kept" and "'one'" in each.message}
    assert finding == "step 'one': stays of type 'call' in the CRM, not 'meeting'"


LEAVING = TWO + "exit_when: [record.stage == 'Churned']\n"


def test_a_record_that_leaves_is_not_enrolled_and_what_is_pending_is_cancelled() -> None:
    churned = Record("r-1", {"end": "2027-03-31", "stage": "Churned"})
    fresh = by_step(planned(LEAVING, record=churned))
    assert {(each.action, each.reason) for each in fresh.values()} == {
        ("skip", "the sequence is left: record.stage == 'Churned'")
    }
    enrolled = by_step(planned(LEAVING, applied(LEAVING), record=churned))
    assert {each.action for each in enrolled.values()} == {"cancel"}


@pytest.mark.parametrize("fields", [{}, {"stage": "Customer"}])
def test_a_record_that_stays_or_of_which_that_is_not_known_is_enrolled(fields: dict[str, str]) -> None:
    staying = Record("r-1", {"end": "2027-03-31", **fields})
    assert {each.action for each in by_step(planned(LEAVING, record=staying)).values()} == {"create"}


def test_what_was_enrolled_may_be_late_without_being_refused() -> None:
    late = planned(TWO, applied(one=State.PLANNED), now=NOW + timedelta(days=3))
    assert by_step(late)["one"].action == "create"


def test_a_date_that_a_person_moved_stays_unless_forced() -> None:
    history = applied()
    moved = replace(history.entries[1], moved_to=datetime(2026, 12, 1, 12, tzinfo=UTC))
    drifted = replace(history, entries=(history.entries[0], moved))
    kept = by_step(planned(TWO, drifted))["two"]
    assert (kept.action, kept.reason) == ("keep", "was moved in the CRM, and stays")
    assert str(kept.due_at)[:10] == "2026-12-01"
    forced = by_step(planned(TWO, drifted, force=True))["two"]
    assert (forced.action, forced.body) == ("move", {"due_datetime": "2026-11-27T10:00:00Z"})


def test_a_completion_dates_what_waited_for_it() -> None:
    text = TWO.replace("4 days after start at 10:00", "1 day after completion of one")
    history = history_of(planned(text).enrollment, one=State.COMPLETED)
    done = replace(history.entries[0], completed_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    found = by_step(planned(text, replace(history, entries=(done,)), now=LATER))["two"]
    assert (found.action, str(found.due_at)[:16]) == ("create", "2026-11-25 08:30")


def test_a_renamed_step_goes_on_under_its_old_name() -> None:
    renamed = TWO.replace("id: two,", "id: second, moved_from: two,")
    found = planned(renamed, applied()).enrollment.activities
    assert [(a.step, a.action) for a in found] == [("one", "keep"), ("second", "keep")]
    fresh = planned(renamed).enrollment.activities[1]
    assert fresh.key != planned(TWO).enrollment.activities[1].key


def renamed_in(history: History, old: str, new: str) -> History:
    return replace(history, entries=tuple(replace(e, step=new) if e.step == old else e for e in history.entries))


@pytest.mark.parametrize("words", ["id: third, moved_from: second,", "id: second,"])
def test_a_rename_that_was_applied_is_where_the_next_one_starts(words: str) -> None:
    history = renamed_in(applied(), "two", "second")
    found = planned(TWO.replace("id: two,", words), history).enrollment.activities
    assert [(a.key, a.action) for a in found] == [(entry.key, "keep") for entry in history.entries]


def test_a_new_step_under_a_name_that_was_given_up_is_an_activity_of_its_own() -> None:
    history = renamed_in(applied(), "two", "second")
    text = TWO.replace("id: two,", "id: second,") + "  - {id: two, activity: call, due: 6 days after start at 10:00}\n"
    found = planned(text, history).enrollment.activities
    assert [(a.step, a.action) for a in found] == [("one", "keep"), ("second", "keep"), ("two", "create")]
    assert len({a.key for a in found}) == 3


def test_an_enrollment_keeps_its_start_and_its_params() -> None:
    text = TWO.replace("steps:", "params: {seats: {type: number, default: 1}}\nsteps:")
    found = planned(text, applied(text), start=LATER, params={"seats": "2"})
    assert (found.enrollment.start, found.enrollment.params) == (NOW, {"seats": 1})
    assert [str(finding) for finding in found.findings] == [
        (
            "warning[start-kept] the enrollment keeps its start 2026-11-23T15:00:00Z, the one given is not used; "
            "leave --start away, or enroll again by enroll: always"
        ),
        (
            "warning[params-kept] the enrollment keeps its params, those given are not used: seats; "
            "leave --param away, or enroll again by enroll: always"
        ),
    ]


@pytest.mark.parametrize(
    ("enroll", "states", "number"),
    [
        ("once", {"one": State.COMPLETED, "two": State.COMPLETED}, 1),
        ("not_while_active", {}, 1),
        ("not_while_active", {"one": State.COMPLETED, "two": State.COMPLETED}, 2),
        ("always", {}, 2),
        ("always", {"two": State.IN_DOUBT}, 1),
        ("{policy: always, cooldown: 30 days}", {}, 1),
    ],
)
def test_whether_a_record_is_enrolled_again(enroll: str, states: dict[str, State], number: int) -> None:
    text = TWO.replace("steps:", f"enroll: {enroll}\nsteps:")
    found = planned(text, applied(text, **states), now=LATER)
    assert found.enrollment.number == number
    assert found.enrollment.is_new == (number == 2)


def test_a_cooldown_counts_from_the_last_due() -> None:
    text = TWO.replace("steps:", "enroll: {policy: always, cooldown: 30 days}\nsteps:")
    just_before = datetime(2026, 12, 27, 9, 59, tzinfo=UTC)
    assert planned(text, applied(text), now=just_before).enrollment.number == 1
    assert planned(text, applied(text), now=just_before + timedelta(minutes=1)).enrollment.number == 2


def test_a_new_enrollment_has_new_keys_and_counts_the_old_one_s_touches() -> None:
    text = TWO.replace("steps:", "enroll: always\nrules: {max_per_day: 1}\nsteps:")
    first = planned(text)
    second = planned(text, history_of(first.enrollment), start=NOW)
    assert {a.key for a in first.enrollment.activities} & {a.key for a in second.enrollment.activities} == set()
    assert [str(a.due_at)[:10] for a in second.enrollment.activities] == ["2026-11-26", "2026-11-28"]


def test_a_kept_entry_keeps_its_turn_of_the_round_robin(team: Directory) -> None:
    text = TWO.replace("{employee: ada@example.com}", "{round_robin: everybody}")
    first = planned(text, history=History(cursors={"demo/one": 1}), directory=team)
    again = planned(text, replace(history_of(first.enrollment), cursors=first.cursors), directory=team)
    one = by_step(again)["one"]
    assert (one.action, one.assignee and one.assignee.name) == ("keep", "Bob Ross")
    assert again.cursors == first.cursors == {"demo/one": 2}


def test_a_due_that_stands_still_says_how_it_came_about() -> None:
    passed = NOW + timedelta(days=3)
    one = by_step(planned(TWO, applied(), now=passed))["one"]
    assert [(line.rule, line.reason) for line in one.why if line.rule != "calendar"] == [
        ("anchor", "start"),
        ("offset", "2 days after start at 10:00"),
        ("time", "at 10:00"),
        ("ledger", "stands since it was scheduled"),
    ]


def test_where_the_sequence_no_longer_leads_to_a_due_that_stands_it_says_no_more_than_that() -> None:
    passed = NOW + timedelta(days=3)
    one = by_step(planned(TWO.replace("2 days", "1 day"), applied(), now=passed))["one"]
    assert [line.reason for line in one.why if line.rule != "calendar"] == ["stands since it was scheduled"]

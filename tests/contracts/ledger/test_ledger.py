"""What every ledger promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import Accepted
from cadence.delivery.event import Answered, Intended
from cadence.delivery.table import after
from cadence.errors import LedgerError
from cadence.ledger import Attempt, Held, LeaseLost, Transition, claiming
from cadence.model.entry import Entry, State
from cadence.model.people import Record, TargetIdentity
from cadence.model.plan import Action
from tests.simulation.plans import TARGET, made_now, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.ledger import Lease
    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import History
    from cadence.model.plan import Plan

LENGTH = timedelta(seconds=30)
PLAN = plan_of(2, 2, now=NOW)


def recorded(ledger: Ledger, plan: Plan = PLAN) -> Ledger:
    ledger.record(plan, by="ada", at=NOW)
    return ledger


def claimed(ledger: Ledger, *keys: str) -> Lease:
    return ledger.claim(keys or ("r0", "r1"), by="ada", at=NOW, length=LENGTH)


def history(ledger: Ledger, record: int = 0) -> History:
    return ledger.history(TARGET, "onboarding", object="client_client", record_id=f"record-{record}")


def scheduled(entry: Entry, activity_id: str) -> Transition:
    sending = after(entry, Intended(NOW))
    answer = Answered(Accepted(activity_id), sent_at=NOW, at=NOW + timedelta(seconds=1))
    return Transition(after(sending, answer), Attempt("create", "accepted", NOW, answer.at, activity_id))


def test_an_empty_ledger_knows_nothing(ledger: Ledger) -> None:
    assert history(ledger).enrollments == ()
    assert ledger.entries() == ()
    assert ledger.changes() == ()
    assert ledger.open_enrollments(TARGET) == ()
    assert ledger.load(["r0"]) == {}


def test_a_recorded_plan_comes_back_as_it_was(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    recorded(ledger).close()
    found = history(opened())
    (enrollment,) = found.enrollments
    assert (enrollment.key, enrollment.number, enrollment.start) == ("r0", 1, NOW)
    assert enrollment.record_id == Record("record-0").entity_id
    activities = PLAN.enrollments[0].activities
    assert [entry.body for entry in found.entries] == [activity.body for activity in activities]
    assert [entry.due_at for entry in found.entries] == [activity.due_at for activity in activities]
    assert [(entry.state, entry.attempts, entry.position) for entry in found.entries] == [
        (State.PLANNED, 0, 0), (State.PLANNED, 0, 1),
    ]  # fmt: skip


def test_many_histories_are_the_same_as_each_by_itself(ledger: Ledger) -> None:
    recorded(ledger)
    ids = [Record(f"record-{number}").entity_id for number in range(3)]
    found = ledger.histories(TARGET, "onboarding", object="client_client", entity_ids=ids)
    assert found == {ids[0]: history(ledger, 0), ids[1]: history(ledger, 1)}
    assert ledger.histories(TARGET, "another", object="client_client", entity_ids=ids) == {}


def test_params_and_every_field_of_an_entry_come_back(ledger: Ledger) -> None:
    first = replace(PLAN.enrollments[0], params={"csm": "e-1", "seats": 20})
    recorded(ledger, replace(PLAN, enrollments=(first,)))
    (before, _) = history(ledger).entries
    full = replace(
        before, state=State.IN_DOUBT, attempts=2, sent_at=NOW, unclear_until=NOW + LENGTH, reason="it's \"so\" — 遅い",
        not_before=NOW, absent=1, pending=Action.MOVE, patch={"due_datetime": "x", "employee_id": None}, moved_to=NOW,
        completed_at=NOW, activity_id="a-1",
    )  # fmt: skip
    ledger.save([Transition(full)], lease=claimed(ledger), at=NOW)
    assert history(ledger).entries[0] == full
    assert history(ledger).enrollments[0].params == {"csm": "e-1", "seats": 20}


UNSTORABLE = "A\ud83d B\0"
SHOWN = "A\\ud83d B\\x00"


def with_texts_that_no_database_takes() -> Plan:
    (first, *_) = PLAN.enrollments
    activities = tuple(
        replace(each, reason=UNSTORABLE, body={**(each.body or {}), "note": UNSTORABLE}) for each in first.activities
    )
    record = replace(first.record, name=UNSTORABLE)
    changed = replace(first, record=record, params={"told": UNSTORABLE}, variant=UNSTORABLE, activities=activities)
    return replace(PLAN, enrollments=(changed,), target=replace(TARGET, name=UNSTORABLE))


def test_what_is_sent_comes_back_as_it_was_where_no_database_takes_it(ledger: Ledger) -> None:
    plan = with_texts_that_no_database_takes()
    ledger.record(plan, by="ada", at=NOW)
    ledger.record(plan, by="ada", at=NOW)
    assert [entry.body["note"] for entry in history(ledger).entries] == [UNSTORABLE] * 2
    assert history(ledger).enrollments[0].params == {"told": UNSTORABLE}


def test_names_and_words_are_shown_as_escapes_where_no_database_takes_them(ledger: Ledger) -> None:
    ledger.record(with_texts_that_no_database_takes(), by=UNSTORABLE, at=NOW)
    lease = ledger.claim(["r0"], by=UNSTORABLE, at=NOW, length=LENGTH)
    ledger.save([scheduled(history(ledger).entries[0], "a-1")], lease=lease, at=NOW)
    ledger.enlist("run", ["r0"], target=TARGET, by=UNSTORABLE, at=NOW)
    assert {(line.by, line.record) for line in ledger.changes()} == {(SHOWN, SHOWN)}
    assert [line.why for line in ledger.changes()].count(SHOWN) == 2
    assert len(ledger.entries(record=SHOWN)) == len(ledger.entries(record=UNSTORABLE)) == 2


def test_a_key_that_cannot_be_stored_is_no_damage(ledger: Ledger) -> None:
    with pytest.raises(LedgerError) as raised:
        ledger.load(["r\ud83d"])
    assert str(raised.value) == (
        f"ledger '{ledger}' cannot hold 'r\\ud83d': there is half a character in it; "
        "take it out of the record, or of what was asked for"
    )


def test_history_is_of_one_account_only(ledger: Ledger) -> None:
    recorded(ledger)
    other = TargetIdentity("crm", "https://crm.example", "another-business")
    assert ledger.history(other, "onboarding", object="client_client", record_id="record-0").enrollments == ()
    renamed = replace(TARGET, name="what the settings call it does not count")
    assert ledger.history(renamed, "onboarding", object="client_client", record_id="record-0").enrollments != ()


def test_recording_a_plan_again_changes_nothing(ledger: Ledger) -> None:
    recorded(ledger)
    ledger.save([scheduled(history(ledger).entries[0], "a-1")], lease=claimed(ledger), at=NOW)
    before, log = history(ledger), ledger.changes()
    ledger.record(PLAN, by="bob", at=NOW + LENGTH * 3)
    assert history(ledger) == before
    assert ledger.changes() == log


def test_cursors_are_written_with_their_plan_and_not_set_back_by_it(ledger: Ledger) -> None:
    first = replace(PLAN, cursors={"onboarding/call": 3})
    recorded(ledger, first)
    recorded(ledger, replace(PLAN, cursors={"onboarding/call": 5}))
    recorded(ledger, first)
    assert history(ledger).cursors == {"onboarding/call": 5}
    recorded(ledger, replace(PLAN, cursors={"onboarding/call": 4, "renewal/call": 1}))  # made before, recorded after
    assert history(ledger).cursors == {"onboarding/call": 5, "renewal/call": 1}


def test_a_second_enrollment_comes_after_the_first(ledger: Ledger) -> None:
    recorded(ledger)
    first = PLAN.enrollments[0]
    activities = [replace(each, key=f"{each.key}-2") for each in first.activities]
    again = replace(first, key="r0-2", number=2, activities=tuple(activities))
    recorded(ledger, replace(PLAN, enrollments=(again,)))
    assert [enrollment.number for enrollment in history(ledger).enrollments] == [1, 2]


def test_a_plan_that_moves_what_the_ledger_does_not_know_is_refused_whole(ledger: Ledger) -> None:
    first, second = PLAN.enrollments
    moves = tuple(replace(activity, action=Action.MOVE) for activity in second.activities)
    plan = replace(PLAN, enrollments=(first, replace(second, activities=moves)))
    with pytest.raises(LedgerError) as raised:
        recorded(ledger, plan)
    assert str(raised.value) == (
        "the plan would move the activity of step 'step-0', which this ledger does not know; "
        "plan again with the ledger it was created with"
    )
    assert ledger.entries() == ()
    assert ledger.changes() == ()


def test_what_is_done_is_no_longer_open(ledger: Ledger) -> None:
    recorded(ledger)
    assert ledger.open_enrollments(TARGET) == ("r0", "r1")
    lease = claimed(ledger)
    ledger.save([scheduled(entry, entry.key) for entry in history(ledger).entries], lease=lease, at=NOW)
    assert ledger.open_enrollments(TARGET) == ("r1",)
    done = history(ledger).entries[0]
    ledger.save([Transition(replace(done, pending=Action.MOVE))], lease=lease, at=NOW)
    assert ledger.open_enrollments(TARGET) == ("r0", "r1")


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        ({}, 4),
        ({"sequence": "onboarding"}, 4),
        ({"sequence": "renewal"}, 0),
        ({"record": "record 1"}, 2),
        ({"record": "record-1"}, 2),
        ({"record": Record("record-1").entity_id}, 2),
        ({"record": "nobody"}, 0),
        ({"state": "planned", "record": "Record 0"}, 2),
        ({"state": "scheduled"}, 0),
        ({"target": TARGET}, 4),
        ({"target": replace(TARGET, name="other")}, 4),
        ({"target": replace(TARGET, base_url="https://other.example")}, 0),
        ({"target": TARGET, "record": "record 1"}, 2),
    ],
)
def test_entries_are_found_by_target_sequence_record_and_state(
    ledger: Ledger, asked: dict[str, Any], steps: int
) -> None:
    assert len(recorded(ledger).entries(**asked)) == steps


def test_a_status_line_names_the_record_and_its_enrollment(ledger: Ledger) -> None:
    line = recorded(ledger).entries()[0]
    assert (line.record_name, line.enrollment.sequence, line.entry.step) == ("Record 0", "onboarding", "step-0")


def test_the_log_says_who_did_what_and_why_newest_first(ledger: Ledger) -> None:
    recorded(ledger, replace(PLAN, enrollments=PLAN.enrollments[:1]))
    ledger.save([scheduled(history(ledger).entries[0], "a-1")], lease=claimed(ledger), at=NOW)
    lines = [(line.by, line.what, line.record, line.step, line.why) for line in ledger.changes()]
    assert lines == [
        ("ada", "create: accepted", "Record 0", "step-0", "a-1"),
        ("ada", "create", "Record 0", "step-1", "due 2026-11-22 15:00:00+00:00"),
        ("ada", "create", "Record 0", "step-0", "due 2026-11-21 15:00:00+00:00"),
        ("ada", "enroll", "Record 0", "", "number 1, counted from 2026-11-20 15:00:00 UTC"),
    ]
    assert len(ledger.changes(limit=2)) == 2
    assert ledger.changes(record="nobody") == ()


def test_many_entries_are_written_and_read_at_once(ledger: Ledger) -> None:
    recorded(ledger, plan_of(1200, 2, now=NOW))
    keys = [f"r{number}" for number in range(1200)]
    lease = ledger.claim(keys, by="ada", at=NOW, length=LENGTH)
    found = ledger.load(keys)
    ledger.save([scheduled(entry, entry.key) for key in keys for entry in found[key]], lease=lease, at=NOW)
    assert len(ledger.entries(state="scheduled")) == 2400


@pytest.mark.parametrize("change", ["DELETE FROM entries WHERE key = 'r1s0'", "UPDATE enrollments SET entry_count = 1"])
def test_an_enrollment_whose_entries_are_not_those_that_were_recorded_is_damage(ledger: Ledger, change: str) -> None:
    recorded(ledger)
    with ledger._engine.begin() as connection:  # noqa: SLF001 - what a disk does, nobody asks for
        connection.exec_driver_sql(change)
    for use in (lambda: ledger.load(["r1"]), lambda: ledger.open_enrollments(TARGET), lambda: recorded(ledger)):
        with pytest.raises(LedgerError, match=r"is damaged: enrollment '\w+' has . entries, of which . are found"):
            use()


def test_entries_that_a_later_plan_adds_are_counted(ledger: Ledger) -> None:
    recorded(ledger, plan_of(2, 2, now=NOW))
    recorded(ledger, made_now(plan_of(2, 5, now=NOW), ledger))
    assert [len(entries) for entries in ledger.load(["r0", "r1"]).values()] == [5, 5]


def test_a_lease_keeps_others_out_of_its_enrollments_only(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    claimed(recorded(ledger), "r0")
    other = opened(2)
    with pytest.raises(Held, match=r"process 1 on test, begun by ada at 2026-11-20 15:00:00 UTC"):
        claimed(other, "r0", "r1")
    claimed(other, "r1")


def test_a_claim_that_fails_takes_nothing(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    claimed(recorded(ledger), "r0")
    with pytest.raises(Held):
        claimed(opened(2), "r0", "r1")
    claimed(opened(3), "r1")


def test_a_plan_is_not_recorded_while_another_run_sends_for_its_records(
    ledger: Ledger, opened: Callable[..., Ledger]
) -> None:
    lease = claimed(ledger, "r0")
    with pytest.raises(Held):
        recorded(opened(2))
    ledger.record(PLAN, by="ada", at=NOW, lease=lease)


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_released_lease_frees_all_that_it_held_however_much_at_a_time(
    ledger: Ledger, opened: Callable[..., Ledger], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(claiming, "_FREED", at_once)
    lease = claimed(recorded(ledger))
    ledger.release(lease, at=NOW)
    claimed(opened(2))
    with pytest.raises(LeaseLost):
        ledger.renew(lease, at=NOW)


def test_a_dead_holder_is_taken_over_at_once(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    lease = claimed(recorded(ledger))
    claimed(opened(2, dead=(1,)))
    with pytest.raises(LeaseLost):
        ledger.renew(lease, at=NOW)


def test_a_living_holder_is_taken_over_once_its_lease_is_over(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    lease = claimed(recorded(ledger))
    other = opened(2)
    with pytest.raises(Held):
        other.claim(["r0"], by="bob", at=NOW + LENGTH, length=LENGTH)
    ledger.renew(lease, at=NOW + LENGTH)
    with pytest.raises(Held):
        other.claim(["r0"], by="bob", at=NOW + 2 * LENGTH, length=LENGTH)
    other.claim(["r0"], by="bob", at=NOW + 2 * LENGTH + timedelta(seconds=1), length=LENGTH)


def test_a_run_that_lost_its_lease_writes_nothing(ledger: Ledger, opened: Callable[..., Ledger]) -> None:
    lease = claimed(recorded(ledger))
    entry = history(ledger).entries[0]
    claimed(opened(2, dead=(1,)))
    with pytest.raises(LeaseLost) as lost:
        ledger.save([scheduled(entry, "a-1")], lease=lease, at=NOW)
    assert str(lost.value) == (
        f"lease {lease.epoch} was taken over by another run because it was not renewed in time; "
        "nothing was lost; run the same command again to go on"
    )
    assert history(ledger).entries[0] == entry


def test_epochs_only_grow(ledger: Ledger) -> None:
    first = claimed(ledger)
    ledger.release(first, at=NOW)
    assert claimed(ledger).epoch > first.epoch


def test_the_note_is_gone_once_it_is_scheduled(ledger: Ledger) -> None:
    recorded(ledger)
    lease = claimed(ledger)
    for record in (0, 1):
        ledger.save([scheduled(e, e.key) for e in history(ledger, record).entries], lease=lease, at=NOW)
    assert all("note" not in line.entry.body for line in ledger.entries())
    assert "Call them" not in str(ledger.changes())


def test_an_entry_that_one_commit_takes_through_several_states_ends_in_the_last(ledger: Ledger) -> None:
    recorded(ledger)
    first = ledger.load(["r0"])["r0"][0]
    sending = after(first, Intended(NOW))
    ledger.save([Transition(sending), scheduled(first, "a-1")], lease=claimed(ledger), at=NOW)
    assert ledger.load(["r0"])["r0"][0].activity_id == "a-1"


def test_a_change_is_written_whole_by_what_it_was(ledger: Ledger) -> None:
    recorded(ledger)
    lease = claimed(ledger)
    first = ledger.load(["r0"])["r0"][0]
    sending = after(first, Intended(NOW))
    patched = replace(sending, body={**sending.body, "employee_id": "e-2"}, due_at=NOW, patch={"note": None})
    doubtful = replace(patched, state=State.IN_DOUBT, unclear_until=NOW, reason="it timed out")
    settled = replace(doubtful, state=State.SCHEDULED, unclear_until=None, reason=None, patch={})
    steps = [Transition(sending, was=first), Transition(patched, was=sending), Transition(doubtful, was=patched)]
    for transitions, expected in (
        (steps[:1], sending),
        (steps[1:], doubtful),
        ([Transition(settled, was=doubtful)], settled),
    ):
        ledger.save(transitions, lease=lease, at=NOW)
        assert ledger.load(["r0"])["r0"][0] == expected


def test_what_a_crm_says_is_kept_whatever_characters_it_holds(ledger: Ledger) -> None:
    recorded(ledger)
    lease = claimed(ledger)
    refused = replace(history(ledger).entries[0], state=State.REJECTED, reason="no\0 \ud800 \u00e9")
    attempt = Attempt("create", "refused", NOW, NOW, detail="no\0 \ud800 \u00e9")
    ledger.save([Transition(refused, attempt)], lease=lease, at=NOW)
    assert history(ledger).entries[0].reason == "no\\x00 \\ud800 \u00e9"
    assert ledger.changes(limit=1)[0].why == "no\\x00 \\ud800 \u00e9"


@pytest.mark.parametrize("set_to", [timedelta(seconds=20), timedelta(hours=1), timedelta(hours=-1)], ids=str)
def test_what_a_dead_run_left_was_not_sent_longer_ago_than_time_passed(
    ledger: Ledger, opened: Callable[..., Ledger], set_to: timedelta
) -> None:
    """The claims are a moment apart, on a slow machine some seconds, whatever the wall clock says."""
    lease = recorded(ledger).claim(["r0"], by="ada", at=NOW, length=LENGTH, monotonic=1000.0)
    sending = after(ledger.load(["r0"])["r0"][0], Intended(NOW))
    ledger.save([Transition(sending)], lease=lease, at=NOW)
    other = opened(2, dead=(1,))
    other.claim(["r0"], by="bob", at=NOW + set_to, length=LENGTH, monotonic=1000.0)
    found = other.load(["r0"])["r0"][0]
    assert found.sent_at is not None
    assert NOW + set_to - timedelta(seconds=10) <= found.sent_at <= NOW + set_to
    assert found == replace(sending, sent_at=found.sent_at)


def test_what_a_dead_run_left_stays_as_it_is_where_no_clock_was_set(
    ledger: Ledger, opened: Callable[..., Ledger]
) -> None:
    lease = recorded(ledger).claim(["r0"], by="ada", at=NOW, length=LENGTH)
    sending = after(ledger.load(["r0"])["r0"][0], Intended(NOW))
    ledger.save([Transition(sending)], lease=lease, at=NOW)
    other = opened(2, dead=(1,))
    other.claim(["r0"], by="bob", at=NOW + timedelta(hours=1), length=LENGTH, monotonic=1000.0)
    assert other.load(["r0"])["r0"][0] == sending

"""What every ledger promises of bulk runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.pool import QueuePool

from cadence.delivery.answer import Accepted, Refused
from cadence.delivery.event import Answered, Intended
from cadence.delivery.table import after
from cadence.ledger import Attempt, Held, Transition
from cadence.ledger.bulkruns import BulkRun, Standing
from cadence.model.entry import State
from cadence.runner.members import Members
from tests.simulation.plans import TARGET, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from cadence.delivery.answer import Answer
    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import Entry


def enlisted(ledger: Ledger, *keys: str, run: str = "run-1") -> Ledger:
    ledger.record(plan_of(4, 2, now=NOW), by="ada", at=NOW)
    ledger.enlist(run, keys, target=TARGET, by="ada", at=NOW)
    return ledger


def test_an_unknown_run_is_none(ledger: Ledger) -> None:
    assert ledger.bulk_run("run-1") is None
    assert ledger.members("run-1", first=0, end=10) == ()


def test_a_run_knows_its_account_and_its_enrollments_in_order(ledger: Ledger) -> None:
    enlisted(ledger, "r2", "r0", "r3")
    assert ledger.bulk_run("run-1") == BulkRun("run-1", TARGET.base_url, TARGET.business_id, 3)
    assert ledger.members("run-1", first=0, end=2) == ("r2", "r0")
    assert ledger.members("run-1", first=2, end=9) == ("r3",)


def test_enlisting_again_adds_what_is_new_and_moves_nothing(ledger: Ledger) -> None:
    enlisted(ledger, "r2", "r0")
    ledger.enlist("run-1", ["r0", "r1", "r2", "r1"], target=TARGET, by="bob", at=NOW)
    assert ledger.members("run-1", first=0, end=9) == ("r2", "r0", "r1")


def test_runs_do_not_mix(ledger: Ledger) -> None:
    enlisted(ledger, "r0")
    ledger.enlist("run-2", ["r1", "r0"], target=TARGET, by="ada", at=NOW)
    assert ledger.members("run-1", first=0, end=9) == ("r0",)
    assert ledger.members("run-2", first=0, end=9) == ("r1", "r0")


def test_members_are_read_as_they_are_asked_for(ledger: Ledger) -> None:
    enlisted(ledger, "r2", "r0", "r3", "r1")
    some = Members(ledger, "run-1", first=1, end=4)
    assert len(some) == 3
    assert (some[0], some[-1], some[1:], some[2:9]) == ("r0", "r1", ("r3", "r1"), ("r1",))
    lease = ledger.claim(some, by="ada", at=NOW, length=timedelta(seconds=30))
    assert ledger.count(some) == 6
    with pytest.raises(Held):
        ledger.claim(["r3"], by="bob", at=NOW, length=timedelta(seconds=30))
    ledger.release(lease, at=NOW)


class Watched(Members):
    """Members that note how many connections of the pool are held when they are read."""

    def __init__(self, ledger: Ledger, *, first: int, end: int) -> None:
        super().__init__(ledger, "run-1", first=first, end=end)
        self.held: list[int] = []

    def _read(self, positions: range) -> tuple[str, ...]:
        pool = self._ledger._engine.pool  # noqa: SLF001 - whose connections they are
        assert isinstance(pool, QueuePool)
        self.held.append(pool.checkedout())
        return super()._read(positions)


def test_a_chunk_is_read_before_a_connection_is_held(ledger: Ledger) -> None:
    enlisted(ledger, "r2", "r0", "r3", "r1")
    some = Watched(ledger, first=1, end=4)
    assert ledger.count(some) == 6
    ledger.claim(some, by="ada", at=NOW, length=timedelta(seconds=30))
    assert some.held == [0, 0]


def test_of_more_than_a_chunk_not_all_is_held(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence.ledger.ledger._CHUNK", 2)
    monkeypatch.setattr("cadence.ledger.claiming._MANY", 2)
    enlisted(ledger, "r2", "r0", "r3", "r1")
    some = Watched(ledger, first=1, end=4)
    ledger.claim(some, by="ada", at=NOW, length=timedelta(seconds=30))
    assert some.held == [1] * 4
    for key in ("r0", "r3", "r1"):
        with pytest.raises(Held):
            ledger.claim([key], by="bob", at=NOW, length=timedelta(seconds=30))


def answered(entry: Entry, answer: Answer, outcome: str) -> Transition:
    at = NOW + timedelta(seconds=1)
    left = after(after(entry, Intended(NOW)), Answered(answer, sent_at=NOW, at=at))
    return Transition(left, Attempt("create", outcome, NOW, at))


def test_entries_stand_by_what_was_tried_since_the_run_began(ledger: Ledger) -> None:
    enlisted(ledger, "r0", "r1")
    lease = ledger.claim(["r0", "r1", "r2"], by="ada", at=NOW, length=timedelta(seconds=30))
    entries = ledger.load(["r0", "r1", "r2"])
    assert ledger.last_attempt() == 0
    ledger.save([answered(entries["r0"][0], Accepted("a-1"), "accepted")], lease=lease, at=NOW)
    since = ledger.last_attempt()
    assert since > 0
    refused = Refused(400, "bad")
    ledger.save(
        [
            answered(entries["r0"][1], Accepted("a-2"), "accepted"),
            answered(entries["r1"][0], refused, "refused"),
            answered(entries["r2"][0], refused, "refused"),
        ],
        lease=lease,
        at=NOW,
    )
    assert set(ledger.standings("run-1", since=since)) == {
        Standing(State.SCHEDULED, pending=False, refused=False, tried=None, count=1),
        Standing(State.SCHEDULED, pending=False, refused=False, tried="create", count=1),
        Standing(State.REJECTED, pending=False, refused=True, tried="create", count=1),
        Standing(State.PLANNED, pending=False, refused=False, tried=None, count=1),
    }
    assert ledger.reasons("run-1", limit=9) == (("step-0", State.REJECTED, "400 bad"),)
    assert ledger.reasons("run-1", limit=0) == ()


def test_the_outcomes_of_enrollments_say_how_each_entry_stands_and_why(ledger: Ledger) -> None:
    ledger.record(plan_of(3, 2, now=NOW), by="ada", at=NOW)
    lease = ledger.claim(["r0", "r1"], by="ada", at=NOW, length=timedelta(seconds=30))
    entries = ledger.load(["r0", "r1"])
    ledger.save([answered(entries["r0"][0], Accepted("a-1"), "accepted")], lease=lease, at=NOW)
    since = ledger.last_attempt()
    ledger.save([answered(entries["r1"][0], Refused(400, "no such type"), "refused")], lease=lease, at=NOW)
    found = ledger.outcomes(["r1", "r0", "unknown"], since=since)
    assert found.keys() == {"r0", "r1"}
    assert [each.standing for each in found["r0"]] == [
        Standing(State.SCHEDULED, pending=False, refused=False, tried=None, count=1),
        Standing(State.PLANNED, pending=False, refused=False, tried=None, count=1),
    ]
    assert [line.entry.key for line in ledger.entries(refused=True)] == [entries["r1"][0].key]
    assert ledger.entries(refused=True, record="record-0") == ()
    first, second = found["r1"]
    assert first.standing == Standing(State.REJECTED, pending=False, refused=True, tried="create", count=1)
    assert (first.step, second.reason) == (entries["r1"][0].step, None)
    assert first.reason is not None
    assert "no such type" in first.reason

"""`cadence settle`, `retry` and `resolve`: what a run left open, and what a person decides."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from cadence.ledger.sums import BODY_COLUMNS, STATE_COLUMNS, checksum

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

AT = ("--start", "2026-11-20T10:00", "--now", "2026-11-20T09:00:00Z")


@pytest.fixture
def applied(stocked: Cadence) -> Cadence:
    """A project in which everything was sent for Mia."""
    assert stocked("apply", "follow-up", "--record", "mia@example.com", *AT).code == 0
    return stocked


def put(cadence: Cadence, change: str, step: str) -> None:
    """Let the ledger say of a step what a run that was cut short would have left there."""
    with contextlib.closing(sqlite3.connect(cadence.folder / ".cadence/ledger.db")) as ledger, ledger:
        ledger.execute(f"UPDATE entries SET {change} WHERE step = ?", (step,))  # noqa: S608 - the test's own words
        ledger.row_factory = sqlite3.Row
        for row in ledger.execute("SELECT * FROM entries WHERE step = ?", (step,)).fetchall():
            sums = [checksum([row[name] for name in names]) for names in (BODY_COLUMNS, STATE_COLUMNS)]
            ledger.execute("UPDATE entries SET body_sum = ?, state_sum = ? WHERE key = ?", (*sums, row["key"]))


def kept(cadence: Cadence, what: str = "id") -> list[str]:
    with contextlib.closing(sqlite3.connect(cadence.folder / ".cadence/activities.db")) as store:
        return [each for (each,) in store.execute(f"SELECT {what} FROM scheduled_activities ORDER BY id")]  # noqa: S608


def test_settle_adopts_what_is_there_and_sends_nothing_twice(applied: Cadence) -> None:
    before = kept(applied)
    put(applied, "state = 'in_doubt', activity_id = NULL, unclear_until = 0", "call")
    assert applied("status", "--state", "in_doubt").out.count("call") == 1
    done = applied("settle", "--format", "json")
    assert (done.code, done.json["adopted"], done.json["in_doubt"]) == (0, 1, 0)
    assert kept(applied) == before
    assert applied("settle").out == "nothing to do\n"


def test_a_parked_step_waits_for_a_person_and_settle_says_so(applied: Cadence) -> None:
    put(applied, "state = 'parked', activity_id = NULL, reason = 'found in the CRM with its marker: a, b'", "call")
    done = applied("settle")
    assert done.code == 3
    assert "step 'call': parked: found in the CRM with its marker: a, b" in done.err
    assert "hint: look in the CRM, then decide by `cadence resolve STEP --record ID`" in done.err
    assert done.err.endswith("hint: of which records it is: `cadence status`\n")
    wrong = applied("resolve", "call", "--record", "mia@example.com", "--adopt", "0192f0c1-nowhere")
    assert (wrong.code, wrong.out) == (1, "")
    assert "error: target 'local' has no scheduled activity '0192f0c1-nowhere'\nhint: copy the id" in wrong.err
    done = applied("resolve", "call", "--record", "mia@example.com", "--adopt", kept(applied)[1])
    assert done.out == "step 'call' of Mia Wolf in follow-up: adopted; `cadence settle` goes on with the record\n"
    assert applied("settle").code == 0
    assert "resolve: adopt" in applied("log").out


def test_what_carries_the_marker_of_another_step_is_not_adopted(applied: Cadence) -> None:
    put(applied, "state = 'parked', activity_id = NULL, reason = 'x'", "call")
    other = kept(applied)[2]
    done = applied("resolve", "call", "--record", "mia@example.com", "--adopt", other)
    assert (done.code, done.out) == (1, "")
    assert f"error: scheduled activity '{other}' is another step's: its note has the marker [cadence " in done.err
    assert "hint: copy the id of an activity with the marker [cadence " in done.err
    assert applied("status", "--state", "parked").out.count("call") == 1


def test_what_a_person_made_by_hand_may_be_adopted(applied: Cadence) -> None:
    put(applied, "state = 'parked', activity_id = NULL, reason = 'x'", "call")
    with contextlib.closing(sqlite3.connect(applied.folder / ".cadence/activities.db")) as store, store:
        store.execute("UPDATE scheduled_activities SET note = 'by hand' WHERE id = ?", (kept(applied)[1],))
    assert applied("resolve", "call", "--record", "mia@example.com", "--adopt", kept(applied)[1]).code == 0


def test_a_parked_step_may_be_given_up(applied: Cadence) -> None:
    put(applied, "state = 'parked', reason = 'x'", "offer")
    assert applied("resolve", "offer", "--drop").out == (
        "step 'offer' of Mia Wolf in follow-up: given up; `cadence settle` goes on with the record\n"
    )
    assert applied("settle").out == "nothing to do\n"


def test_status_says_of_a_change_that_the_crm_has_not_confirmed_it(applied: Cadence) -> None:
    put(applied, "pending = 'cancel'", "call")
    put(applied, "pending = 'cancel', reason = '403 no'", "offer")
    lines = applied("status").out.splitlines()
    assert [line.rpartition("  ")[2] for line in lines if " call " in line or " offer " in line] == [
        "cancel not confirmed yet",
        "cancel refused: 403 no",
    ]
    rows = {row["step"]: (row["pending"], row["reason"]) for row in applied("status", "--format", "json").json}
    assert (rows["call"], rows["offer"]) == (("cancel", None), ("cancel", "403 no"))


def test_retry_of_a_record_that_the_ledger_does_not_know_is_no_success(applied: Cadence) -> None:
    done = applied("retry", "--record", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "error: the ledger has nothing of record 'nobody'\nhint: `cadence status` lists what it has" in done.err
    assert applied("retry", "--record", "mia@example.com").out == "nothing to do\n"


def test_retry_sends_what_was_refused_unless_it_is_there_all_the_same(applied: Cadence) -> None:
    before = kept(applied)
    put(applied, "state = 'rejected', activity_id = NULL, reason = '403 no'", "offer")
    put(applied, "state = 'rejected', activity_id = NULL, reason = '400 no', marker = '[cadence else]'", "call")
    refused = applied("settle", "--format", "json")
    assert (refused.code, refused.json["rejected"]) == (1, 2)
    assert "hint: put right what the CRM names and say `cadence retry`" in refused.err
    done = applied("retry", "--record", "mia@example.com")
    assert (done.code, done.out) == (0, "1 scheduled, 1 adopted, 1 kept\n")
    assert len(kept(applied)) == len(before) + 1
    assert applied("retry").out == "nothing to do\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("call",), "expected one of --adopt ACTIVITY, --send and --drop"),
        (("call", "--send", "--drop"), "expected one of --adopt ACTIVITY, --send and --drop"),
        (("nothing", "--send"), "the ledger has no such step"),
        (("call", "--send"), "step 'call' is scheduled, expected one that is parked"),
    ],
)
def test_a_decision_that_cannot_be_made_is_refused(applied: Cadence, arguments: tuple[str, ...], message: str) -> None:
    done = applied("resolve", *arguments)
    assert done.code == 1
    assert message.split("\n", maxsplit=1)[0] in done.err


def test_workers_go_by_their_own_settings(stocked: Cadence) -> None:
    done = stocked("apply", "follow-up", "--record", "mia@example.com", "--engine", "temporal", "--rate", "5")
    assert done.code == 1
    assert "--rate and --no-wait are for the embedded engine: workers go by their own settings" in done.err


def test_nothing_is_settled_where_there_is_no_ledger(stocked: Cadence) -> None:
    done = stocked("settle")
    assert done.code == 1
    assert "/.cadence/ledger.db'\nhint: `cadence apply` makes one" in done.err

"""A sequence that changes while something of it is in doubt, refused, parked or pending: planned anew and applied.

The real planner, a real SQLite file and the real send loop, against the scripted CRM.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.resolution import Drop, resolved
from cadence.ledger import Decision, open_ledger
from cadence.model.people import Directory, Employee, Record
from cadence.planning.plan import make_plan
from cadence.runner import Conditions, Pace, submit
from cadence.sequence import parse_sequence
from tests.simulation.crm import FAULTS, OK, Fault, Held, ScriptedCrm
from tests.simulation.plans import TARGET
from tests.simulation.process import MACHINE
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import Entry
    from cadence.model.plan import Plan, Report

BY_NAME = {fault.name: fault for fault in FAULTS}
REFUSED_AND_DONE = Fault("403, applied", lambda _: Refused(403, "forbidden by the gateway"), 0.05)
TEAM = (Employee("e-1", "Ann", "ann@example.com", "UTC"), Employee("e-2", "Bob", "bob@example.com", "UTC"))
RECORD = Record("rec-1", object="client_client", name="Ada")


class Desk:
    """One record of a CRM, one ledger, and a sequence that is edited between one plan and the next.

    `head` are the lines above the steps, `fields` what the CRM holds of the record.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.head = ["timezone: UTC"]
        self.fields: dict[str, Any] = {}
        self.time = VirtualTime()
        self.crm = ScriptedCrm(self.time)
        self.ledger = ledger

    def answering_first(self, fault: Fault) -> None:
        self.crm.script = lambda number: fault if number == 0 else OK

    def plan(self, *steps: str, record: Record = RECORD, reads_ledger: bool = True) -> Plan:
        sequence = parse_sequence("\n".join(("sequence: s", *self.head, "steps:", *(f"  - {{{s}}}" for s in steps))))
        record = replace(record, fields=self.fields)
        history = self.ledger.history(TARGET, sequence.name, object=sequence.object, record_id=record.id)
        directory = Directory(target=TARGET, team=TEAM)
        histories = {record.id: history} if reads_ledger else None
        return make_plan(sequence, [record], now=self.time.now(), directory=directory, histories=histories)

    def apply(self, plan: Plan, *, wait: bool = True) -> Report:
        conditions = Conditions(self.time, by="ada", machine=MACHINE, pace=Pace(wait=wait))
        return self.time.run(submit(self.ledger, self.crm, plan, conditions=conditions))

    def drop(self, name: str) -> None:
        entry = self.entries()[name]
        decision = Decision(entry, resolved(entry, Drop(), at=self.time.now()), "resolve: drop")
        self.ledger.decide([decision], by="bob", at=self.time.now())

    def entries(self) -> dict[str, Entry]:
        return {line.entry.step: line.entry for line in self.ledger.entries()}

    def bodies(self) -> list[dict[str, Any]]:
        return [held.body for held in self.crm.activities.values()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        yield Desk(ledger)


def step(name: str, due: str, *, note: str = "Call them", assign: str = "") -> str:
    assigned = f", assign: {{employee: {assign}}}" if assign else ""
    return f"id: {name}, activity: call, due: {due} after start, note: {note}{assigned}"


ONE, TWO = step("one", "2 days"), step("two", "3 days")


def actions(plan: Plan) -> dict[str, str]:
    return {activity.step: str(activity.action) for activity in plan.activities}


def test_a_step_in_doubt_that_is_taken_out_is_deleted_where_it_is_found(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, applied"])
    assert desk.apply(desk.plan(ONE, TWO), wait=False).in_doubt == 1
    without = desk.plan(TWO)
    assert actions(without) == {"one": "cancel", "two": "create"}
    report = desk.apply(without)
    assert (report.cancelled, report.scheduled, report.in_doubt, report.problems) == (1, 1, 0, ())
    assert (desk.crm.deleted, desk.crm.patched, len(desk.crm.sent)) == (["a1"], [], 2)
    assert [body["due_datetime"] for body in desk.bodies()] == ["2026-11-23T15:00:00Z"]


def test_a_step_in_doubt_that_is_taken_out_is_never_sent_where_it_is_not_found(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, not applied"])
    desk.apply(desk.plan(ONE, TWO), wait=False)
    assert desk.apply(desk.plan(TWO)).scheduled == 1
    assert [sent.marker for sent in desk.crm.sent] == [desk.entries()[name].marker for name in ("one", "two")]
    assert desk.entries()["one"].state == "cancelled"
    assert actions(desk.plan(TWO)) == {"one": "skip", "two": "keep"}


def test_a_note_that_was_on_its_way_is_not_erased_by_the_next_plan(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, applied"])
    desk.apply(desk.plan(step("one", "2 days")), wait=False)
    edited = step("one", "2 days", note="Call them about the invoice")
    desk.crm.changes_answer = [InDoubt("503", 503)] * 6
    desk.apply(desk.plan(edited))
    again = desk.plan(edited)
    assert actions(again) == {"one": "move"}
    desk.apply(again)
    marker = desk.entries()["one"].marker
    assert [body["note"] for body in desk.bodies()] == [f"Call them about the invoice\n{marker}"]
    assert all(changes.get("note") for _, changes in desk.crm.patched)


@pytest.mark.parametrize("due", ["60 hours", "9 days"])
def test_what_was_refused_and_done_all_the_same_is_found_where_it_was_and_moved(desk: Desk, due: str) -> None:
    desk.answering_first(REFUSED_AND_DONE)
    assert desk.apply(desk.plan(ONE)).rejected == 1
    desk.time.pass_by(600)
    corrected = desk.plan(step("one", due))
    report = desk.apply(corrected)
    assert (report.adopted, report.moved, len(desk.crm.sent)) == (1, 1, 1)
    (wanted,) = (activity.due_at for activity in corrected.activities)
    assert [body["original_due_datetime"] for body in desk.bodies()] == ["2026-11-22T15:00:00Z"]
    assert [held.due_at for held in desk.crm.activities.values()] == [wanted]
    assert desk.entries()["one"].due_at == wanted
    assert actions(desk.plan(step("one", due))) == {"one": "keep"}


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (("9 days", "ann"), ("2 days", "bob"), ("2026-11-22T15:00:00Z", "e-2")),
        (("2 days", "bob"), ("5 days", "ann"), ("2026-11-25T15:00:00Z", "e-1")),
    ],
    ids=["a move, then another assignee", "another assignee, then a move"],
)
def test_a_change_that_was_refused_is_not_sent_along_with_the_next(
    desk: Desk, first: tuple[str, str], second: tuple[str, str], wanted: tuple[str, str]
) -> None:
    def plan(due: str, who: str) -> Plan:
        return desk.plan(step("one", due, assign=f"{who}@example.com"))

    desk.apply(plan("2 days", "ann"))
    desk.crm.changes_answer = [Refused(400, "not on a holiday")]
    assert desk.apply(plan(*first)).rejected == 1
    desk.apply(plan(*second))
    assert [(body["due_datetime"], body["employee_id"]) for body in desk.bodies()] == [wanted]
    assert actions(plan(*second)) == {"one": "keep"}


def test_what_a_step_lost_while_it_was_in_doubt_is_left_out_when_it_is_sent(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, not applied"])
    desk.apply(desk.plan(f"{ONE}, notify: [{{before: 1 hour}}]"), wait=False)
    desk.apply(desk.plan(ONE))
    assert [None in body.values() or "notifications" in body for body in desk.bodies()] == [False]


def test_a_step_that_is_parked_holds_up_what_a_later_plan_puts_behind_it(desk: Desk) -> None:
    steps = "id: {}, activity: call, due: {} days after start, note: Call them"
    desk.crm.script = lambda number: BY_NAME["500, applied"] if number == 2 else OK
    before = [steps.format(*each) for each in (("a1", 1), ("a2", 2), ("c", 3), ("d", 5))]
    desk.apply(desk.plan(*before), wait=False)
    desk.crm.activities["twin"] = Held("twin", dict(desk.crm.activities["a3"].body), 0)
    assert desk.apply(desk.plan(*before)).parked == 1
    moved = [steps.format(*each) for each in (("a1", 8), ("a2", 9), ("c", 3), ("d", 5))]
    desk.apply(desk.plan(*moved))
    assert {name: entry.state for name, entry in desk.entries().items()} == {
        "a1": "scheduled", "a2": "scheduled", "c": "parked", "d": "planned",
    }  # fmt: skip


def test_the_same_plan_again_asks_the_crm_for_nothing(desk: Desk) -> None:
    desk.apply(desk.plan(ONE))
    move = desk.plan(step("one", "4 days"))
    assert desk.apply(move).moved == 1
    assert desk.apply(move).moved == 0
    desk.apply(desk.plan(step("one", "6 days")))
    assert desk.apply(move).moved == 0
    assert [body["due_datetime"][:10] for body in desk.bodies()] == ["2026-11-26"]


def test_the_same_plan_again_does_not_send_what_a_later_one_cancelled(desk: Desk) -> None:
    first = desk.plan(ONE)
    desk.apply(first)
    assert desk.apply(desk.plan(TWO)).cancelled == 1
    assert desk.apply(first).scheduled == 0
    assert len(desk.crm.sent) == 2


def test_the_same_plan_again_does_not_send_what_a_person_dropped(desk: Desk) -> None:
    desk.answering_first(BY_NAME["500, applied"])
    plan = desk.plan(ONE)
    desk.apply(plan, wait=False)
    desk.crm.activities["twin"] = Held("twin", dict(desk.crm.activities["a1"].body), 0)
    assert desk.apply(plan).parked == 1
    desk.drop("one")
    assert desk.apply(plan).scheduled == 0
    assert (len(desk.crm.sent), len(desk.crm.activities)) == (1, 2)


def test_the_same_plan_again_tries_what_was_refused(desk: Desk) -> None:
    desk.answering_first(Fault("400", lambda _: Refused(400, "no such employee")))
    plan = desk.plan(ONE)
    assert desk.apply(plan).rejected == 1
    assert desk.apply(plan).scheduled == 1


def test_the_same_plan_again_does_not_take_back_what_a_later_one_wants_of_what_was_refused(desk: Desk) -> None:
    refused = Fault("400", lambda _: Refused(400, "no such employee"))
    desk.crm.script = lambda number: refused if number < 2 else OK
    first = desk.plan(ONE)
    desk.apply(first)
    assert desk.apply(desk.plan(step("one", "4 days"))).rejected == 1
    assert desk.apply(first).rejected == 1
    assert len(desk.crm.sent) == 2
    assert desk.apply(desk.plan(step("one", "4 days"))).scheduled == 1
    assert [body["due_datetime"][:10] for body in desk.bodies()] == ["2026-11-24"]


def test_a_type_that_was_changed_while_in_doubt_is_warned_of_only_where_the_crm_keeps_the_old_one(desk: Desk) -> None:
    meeting = ONE.replace("activity: call", "activity: meeting")
    desk.answering_first(BY_NAME["500, not applied"])
    desk.apply(desk.plan(ONE), wait=False)
    desk.apply(desk.plan(meeting))
    assert [body["activity_object_name"] for body in desk.bodies()] == ["meeting"]
    assert [each.code for each in desk.plan(meeting).findings] == ["no-assign"]
    assert [each.message for each in desk.plan(ONE).findings if each.code == "type-kept"] == [
        "step 'one': stays of type 'meeting' in the CRM, not 'call'"
    ]


@pytest.mark.parametrize("done", [True, False])
def test_what_was_refused_and_dropped_is_looked_for_before_it_is_sent_again(desk: Desk, done: bool) -> None:
    desk.answering_first(REFUSED_AND_DONE if done else Fault("403", lambda _: Refused(403, "forbidden")))
    desk.apply(desk.plan(ONE))
    desk.drop("one")
    assert desk.entries()["one"].state == "cancelled"
    later = step("one", "2 days", note="Call them about the invoice")
    report = desk.apply(desk.plan(later))
    assert (report.adopted, report.scheduled, report.problems) == ((1, 0, ()) if done else (0, 1, ()))
    (body,) = desk.bodies()
    assert body["note"].startswith("Call them about the invoice\n")


def test_what_was_deleted_and_is_wanted_again_is_sent_without_a_look(desk: Desk) -> None:
    desk.apply(desk.plan(ONE))
    desk.apply(desk.plan(TWO))
    assert desk.apply(desk.plan(ONE, TWO)).scheduled == 1
    assert (desk.crm.probed, len(desk.bodies())) == ([], 2)


@pytest.mark.parametrize("there", [True, False])
def test_what_was_not_visible_and_was_dropped_is_looked_for_before_it_is_sent_again(desk: Desk, there: bool) -> None:
    later = step("one", "4 days")
    desk.apply(desk.plan(ONE))
    desk.crm.changes_answer = [Refused(404, "Not found.", code="not_found")]
    assert desk.apply(desk.plan(later)).parked == 1
    desk.drop("one")
    if not there:
        desk.crm.activities.clear()
    report = desk.apply(desk.plan(later))
    assert (report.adopted, report.scheduled) == ((1, 0) if there else (0, 1))
    (body,) = desk.bodies()
    assert (body["due_datetime"][:10], body["note"].splitlines()[0]) == ("2026-11-24", "Call them")


def test_what_is_cancelled_before_it_was_sent_is_counted_once(desk: Desk) -> None:
    desk.ledger.record(desk.plan(ONE, TWO), by="ada", at=desk.time.now())
    without = desk.plan(TWO)
    assert actions(without) == {"one": "cancel", "two": "create"}
    report = desk.apply(without)
    assert (report.cancelled, report.scheduled, report.kept) == (1, 1, 0)
    again = desk.apply(without)
    assert (again.cancelled, again.kept) == (0, 1)
    assert (len(desk.crm.sent), desk.crm.deleted) == (1, [])

"""One sequence for many records: what each row comes to, whatever happens to the others."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import cadence
from cadence.clock import SystemClock
from cadence.config import load_settings
from cadence.engine import Engine, batches
from cadence.engine.manysending import Sending
from cadence.errors import ConfigError, PlanError
from cadence.ledger import Holder, open_ledger
from tests.contracts.crm.running import Reached

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from cadence.engine.results import RecordsReport
    from cadence.runner import ProgressEvent

SEQUENCE = """\
sequence: hello
timezone: [record.timezone, business.timezone]
params:
  topic: {type: string, default: plans}
steps:
  - {id: call, activity: call, due: 1 day after start at 10:00, note: "{{ record.first_name }}: {{ param.topic }}"}
  - {id: mail, activity: email, due: 2 days after call}
"""
POOL = """\
team:
  - {name: Ana, email: ana@acme.test}
  - {name: Ben, email: ben@acme.test}
"""


class Faults:
    """Stands before a CRM: refuses the note of `Reject`, answers 500 after doing as told for `Doubt`.

    *reads* are statuses that the next reads of records get in place of an answer, *looks* the next lists of activities.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self.reads: list[int] = []
        self.looks: list[int] = []
        self.is_strict = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/api/records/") and self.reads:
            await _answer(send, self.reads.pop(0), "not now")
        elif scope["method"] == "GET" and scope["path"].endswith("scheduled-activity") and self.looks:
            await _answer(send, self.looks.pop(0), "not now")
        elif scope["method"] == "POST" and scope["path"].endswith("scheduled-activity"):
            await self._post(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _post(self, scope: Any, receive: Any, send: Any) -> None:
        request = await receive()
        body = request["body"]
        while request.get("more_body"):
            request = await receive()
            body += request["body"]
        note = json.loads(body).get("note", "")
        if note.startswith("Reject") and self.is_strict:
            await _answer(send, 400, "no such thing")
            return

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        if note.startswith("Doubt"):
            await self._app(scope, again, _nowhere)
            await _answer(send, 500, "it broke")
        else:
            await self._app(scope, again, send)


async def _answer(send: Any, status: int, text: str) -> None:
    body = json.dumps({"detail": text, "code": "made_up"}).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def _nowhere(_message: Any) -> None:
    pass


class Account:
    """A CRM over HTTP with faults, and what it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reached = Reached(folder / "crm.db", SystemClock())
        self.faults = self.reached.app = Faults(self.reached.app)

    def engine(self, **more: str) -> Engine:
        key = self.reached.key
        environ = {
            "CADENCE_TARGETS__CRM__BASE_URL": self.reached.base_url or "",
            "CADENCE_TARGETS__CRM__API_KEY": key.api_key,
            "CADENCE_TARGETS__CRM__BUSINESS_ID": key.business_id,
            "CADENCE_TARGETS__CRM__USER_ID": key.user_id,
            "CADENCE_SUBMIT__QUIET_PERIOD": "1",
            **more,
        }
        return Engine(load_settings(self.folder, environ))

    def put(self, *names: str) -> None:
        from cadence.engine.running import run  # noqa: PLC0415 - a test's own

        async def put() -> None:
            async with self.reached.client() as client:
                for name in names:
                    fields = {"email": f"{name.lower()}@acme.test", "first_name": name, "timezone": "Europe/Paris"}
                    await client.upsert_record("client_client", fields["email"], fields)

        run(put())

    def notes(self) -> list[str]:
        """Return the notes of all activities without their markers, sorted; no marker may be there twice."""
        with closing(sqlite3.connect(self.folder / "crm.db")) as store:
            notes = [note for (note,) in store.execute("SELECT note FROM scheduled_activities")]
        markers = [re.findall(r"\[cadence \w+\]", note)[-1] for note in notes]
        assert len(set(markers)) == len(markers)
        return sorted(note.splitlines()[0] for note in notes)


@pytest.fixture
def account(project: Path) -> Iterator[Account]:
    (project / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    account = Account(project)
    with account.reached.over("over HTTP"):
        yield account
    account.reached.store.close()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SIZE", 2)


@pytest.fixture
def local(project: Path) -> Engine:
    """An engine whose target is the embedded service."""
    (project / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    return Engine(load_settings(project, {}))


def outcomes(path: Path) -> dict[int, tuple[str, str, str]]:
    """Return record, outcome and reason by row."""
    with path.open(encoding="utf-8", newline="") as file:
        return {int(line["row"]): (line["record"], line["outcome"], line["reason"]) for line in csv.DictReader(file)}


def emails(*names: str) -> list[dict[str, str]]:
    return [{"email": f"{name.lower()}@acme.test"} for name in names]


@pytest.mark.slow
@pytest.mark.usefixtures("small_batches")
def test_one_bad_record_never_stops_the_rest(account: Account, project: Path) -> None:
    account.put("Ada", "Bob", "Reject", "Doubt", "Zoe")
    lines = ["email", *(each["email"] for each in emails("Ada", "Nobody", "Reject", "Doubt", "Bob", "ADA", "Zoe"))]
    (project / "c.csv").write_text("\n".join([*lines, "a,b", ""]), encoding="utf-8")
    done = account.engine().apply_records("hello.yaml", project / "c.csv", report=project / "r.csv")
    assert outcomes(project / "r.csv") == {
        2: ("ada@acme.test", "scheduled", ""),
        3: (
            "nobody@acme.test",
            "failed",
            "record 'nobody@acme.test' is not in target 'crm'; check the id, email or name, or plan it ad hoc with --field timezone=Europe/Paris",
        ),
        4: ("reject@acme.test", "rejected", "step 'call': rejected: 400 no such thing [made_up]"),
        5: ("doubt@acme.test", "scheduled", ""),
        6: ("bob@acme.test", "scheduled", ""),
        7: ("ada@acme.test", "failed", "the record is named before, in row 2"),
        8: ("zoe@acme.test", "scheduled", ""),
        9: ("", "failed", "the row has 2 cells, expected 1; quote a cell that holds a comma"),
    }
    counts = done.counts
    assert (counts.scheduled, counts.adopted, counts.rejected, counts.held) == (7, 1, 1, 1)
    assert (done.records, done.failed, done.stopped) == (5, 3, "")
    assert [note for note in account.notes() if ":" in note] == [
        "Ada: plans", "Bob: plans", "Doubt: plans", "Zoe: plans",
    ]  # fmt: skip

    account.faults.is_strict = False
    assert account.engine().retry().scheduled == 2
    again = account.engine().apply_records("hello.yaml", project / "c.csv", report=project / "r.csv")
    assert (again.counts.kept, again.counts.scheduled, again.records, again.failed) == (10, 0, 5, 3)
    assert len(account.notes()) == 10


def test_a_read_that_fails_for_a_moment_is_tried_again(account: Account) -> None:
    account.put("Ada")
    account.faults.reads = [503, 429]
    done = account.engine().apply_records("hello.yaml", emails("Ada"))
    assert (done.counts.scheduled, done.failed) == (2, 0)


@pytest.mark.parametrize("rate", ["0", "50"])
def test_the_first_run_for_a_target_may_have_a_rate(account: Account, rate: str) -> None:
    account.put("Ada")
    done = account.engine(CADENCE_SUBMIT__RATE=rate).apply_records("hello.yaml", emails("Ada"))
    assert (done.counts.scheduled, done.stopped) == (2, "")


@pytest.mark.usefixtures("small_batches")
def test_a_key_that_is_refused_midway_ends_the_run_and_what_was_done_is_reported(
    account: Account, project: Path
) -> None:
    account.put("Ada", "Bob", "Zoe")
    told: list[ProgressEvent] = []

    def refuse_after_the_first(event: ProgressEvent) -> None:
        told.append(event)
        if event.done and not account.faults.reads:
            account.faults.reads = [401] * 100

    records = emails(*(f"Person{number}" for number in range(20)))
    account.put(*(f"Person{number}" for number in range(20)))
    done = account.engine().apply_records(
        "hello.yaml", records, report=project / "r.csv", progress=refuse_after_the_first
    )
    assert done.stopped.startswith("crm: looking up 'person")
    assert done.stopped.endswith("run the same command again to go on")
    assert not done.is_whole
    assert 0 < done.records < 20
    assert len(outcomes(project / "r.csv")) == done.records
    assert told[-1].unit == "records"

    account.faults.reads = []
    again = account.engine().apply_records("hello.yaml", records)
    assert (again.stopped, again.records, again.counts.held) == ("", 20, 0)
    assert len(account.notes()) == 40


def test_a_key_that_is_refused_while_doubts_are_settled_is_told(account: Account) -> None:
    account.put("Ada", "Doubt")
    account.faults.looks = [401]
    done = account.engine().apply_records("hello.yaml", emails("Ada", "Doubt"))
    assert done.stopped.startswith("the target refused the credentials: crm: listing scheduled activities: ")
    assert done.stopped.endswith("; run the same command again to go on")
    assert (done.is_whole, done.counts.in_doubt, done.records) == (False, 1, 2)


def test_a_run_that_is_interrupted_while_doubts_are_settled_says_so(account: Account) -> None:
    account.put("Doubt")

    def interrupt(event: ProgressEvent) -> None:
        if event.waiting_until is not None:
            signal.raise_signal(signal.SIGINT)

    done = account.engine().apply_records("hello.yaml", emails("Doubt"), progress=interrupt)
    assert (done.stopped, done.is_whole) == ("interrupted; run the same command again to go on", False)
    assert (done.counts.in_doubt, done.records) == (1, 1)


def test_a_run_that_is_interrupted_before_its_first_record_is_read_says_so(account: Account) -> None:
    account.put("Ada")
    account.faults.reads = [429]

    def interrupt(event: ProgressEvent) -> None:
        if event.waiting_until is not None:
            signal.raise_signal(signal.SIGINT)

    done = account.engine().apply_records("hello.yaml", emails("Ada"), progress=interrupt)
    assert (done.stopped, done.records) == ("interrupted; run the same command again to go on", 0)


def test_a_target_that_refuses_the_first_read_is_an_error(account: Account) -> None:
    account.put("Ada")
    account.faults.reads = [403] * 10
    with pytest.raises(cadence.TargetError, match="the key may not do this"):
        account.engine().apply_records("hello.yaml", emails("Ada"))


def test_what_another_run_sent_meanwhile_is_not_counted_as_ones_own(account: Account, project: Path) -> None:
    account.put("Ada", "Bob")
    others: list[cadence.RecordsReport] = []

    def meanwhile(_: ProgressEvent) -> None:
        if not others:
            others.append(cadence.RecordsReport(cadence.Report(), 0, 0))  # what the other run tells starts no third one
            others[0] = account.engine().apply_records("hello.yaml", emails("Ada", "Bob"), report=project / "1.csv")

    done = account.engine().apply_records(
        "hello.yaml", emails("Ada", "Bob"), report=project / "2.csv", progress=meanwhile
    )
    assert (others[0].counts.scheduled, others[0].counts.kept) == (4, 0)
    assert (done.counts.scheduled, done.counts.kept) == (0, 4)


def test_a_row_that_another_run_enrolled_since_it_was_planned_fails_alone_where_each_run_enrolls_anew(
    account: Account, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.put("Ada", "Bob", "Cyd")
    (project / "hello.yaml").write_text(SEQUENCE.replace("params:", "enroll: always\nparams:"), encoding="utf-8")
    others: list[cadence.RecordsReport] = []
    send = Sending.send

    def meanwhile() -> cadence.RecordsReport:
        return account.engine().apply_records("hello.yaml", emails("Bob"))

    async def later(self: Sending, batch: batches.Batch) -> None:
        if not others:
            others.append(cadence.RecordsReport(cadence.Report(), 0, 0))  # what the other run sends starts no third one
            others[0] = await asyncio.to_thread(meanwhile)
        await send(self, batch)

    monkeypatch.setattr(Sending, "send", later)
    report = project / "r.csv"
    done = account.engine().apply_records("hello.yaml", emails("Ada", "Bob", "Cyd"), report=report)
    assert (others[0].counts.scheduled, done.counts.scheduled, done.failed) == (2, 4, 1)
    record, outcome, reason = outcomes(report)[2]
    assert (record, outcome) == ("bob@acme.test", "failed")
    assert re.fullmatch(
        r"it was planned too early: hello for 'Bob' has changed since: create mail, by \w+ at [-:\dTZ]+; "
        "run the same command again",
        reason,
    )
    again = account.engine().apply_records("hello.yaml", emails("Bob"))
    assert (again.counts.scheduled, again.failed) == (2, 0)


def test_a_row_of_which_nothing_is_to_be_sent_is_skipped_and_not_enrolled(account: Account, project: Path) -> None:
    account.put("Ada", "Bob")
    leaving = SEQUENCE.replace("params:", "exit_when: record.first_name == 'Bob'\nparams:")
    (project / "hello.yaml").write_text(leaving, encoding="utf-8")
    done = account.engine().apply_records("hello.yaml", emails("Ada", "Bob"), report=project / "r.csv")
    assert (done.counts.scheduled, done.counts.skipped, done.records, done.failed) == (2, 2, 2, 0)
    assert outcomes(project / "r.csv")[2] == ("bob@acme.test", "skipped", "")
    assert {row.record for row in account.engine().status()} == {"Ada"}
    alone = account.engine().apply_records("hello.yaml", emails("Bob"))
    assert (alone.counts.skipped, alone.stopped) == (2, "")


def test_what_is_cancelled_before_it_was_sent_is_counted_in_its_row(account: Account, project: Path) -> None:
    account.put("Reject")
    assert account.engine().apply_records("hello.yaml", emails("Reject")).counts.rejected == 1
    account.faults.is_strict = False
    without = "\n".join(line for line in SEQUENCE.splitlines() if "id: mail" not in line)
    (project / "hello.yaml").write_text(without, encoding="utf-8")
    done = account.engine().apply_records("hello.yaml", emails("Reject"), report=project / "r.csv")
    assert (done.counts.scheduled, done.counts.cancelled, done.counts.held) == (1, 1, 0)


def test_what_another_run_holds_is_left_alone_where_waiting_is_not_wanted(account: Account, project: Path) -> None:
    account.put("Ada", "Bob")
    engine = account.engine()
    plan = engine.plan("hello.yaml", "ada@acme.test")
    with open_ledger(engine.ledger_url, holder=Holder(1, "elsewhere"), gone=lambda _: False) as other:
        other.claim([plan.enrollments[0].key], by="bob", at=SystemClock().now(), length=timedelta(seconds=60))
        hasty = Engine(engine.settings)
        object.__setattr__(hasty.settings.submit, "wait", False)
        done = hasty.apply_records("hello.yaml", emails("Ada", "Bob"), report=project / "r.csv")
    assert (done.counts.scheduled, done.records, done.failed) == (2, 1, 1)
    _, outcome, reason = outcomes(project / "r.csv")[1]
    assert (outcome, "elsewhere" in reason) == ("failed", True)


def test_rows_have_starts_params_and_fields_of_their_own_over_those_for_all(local: Engine) -> None:
    people = {"timezone": "Europe/Paris", "first_name": "Ada"}
    records = [
        {"id": "a", **people, "start": "2030-01-07T09:00", "param.topic": "prices"},
        {"id": "b", **people, "first_name": "Bob"},
    ]
    done = local.apply_records(
        "hello.yaml", records, start="2031-01-06T09:00", params={"topic": "news"}, fields={"first_name": "All"}
    )
    assert done.counts.scheduled == 4
    first = {row.record: row.due_at for row in local.status() if row.step == "call"}
    assert {name: due.date().isoformat() for name, due in first.items()} == {"Ada": "2030-01-08", "Bob": "2031-01-07"}


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("9999-12-31", "day '2932897' counted from 1970-01-01 is outside the years 1 to 9999; use a smaller offset"),
        ("9999-12-30T10:00", "date '9999-12-31' is too late; use dates up to 9998"),
    ],
)
def test_a_start_at_the_end_of_the_calendar_fails_its_row_alone(
    local: Engine, project: Path, start: str, reason: str
) -> None:
    path = project / "c.csv"
    path.write_text(f"id,first_name,timezone,start\na,A,UTC,{start}\nb,B,UTC,\n", encoding="utf-8")
    planned = local.plan_records("hello.yaml", path)
    done = local.apply_records("hello.yaml", path)
    assert (planned.records, planned.failed, planned.problems) == (1, 1, (f"{path}:2: {reason}",))
    assert (done.records, done.failed, done.counts.problems, done.stopped) == (1, 1, (f"{path}:2: {reason}",), "")


def test_a_column_of_any_type_is_stored_or_fails_its_row_alone(local: Engine) -> None:
    values = [date(2030, 1, 7), datetime(2030, 1, 7, 9, tzinfo=UTC), Decimal("5.10"), b"ab", {1}, object(), b"\xff"]
    records = [{"id": f"r{n}", "timezone": "UTC", "first_name": "A", "x": x} for n, x in enumerate(values)]
    hint = "; write it as text, or take it out of the row"
    problems = (
        f"the records:5: 'x' holds a set, which cannot be stored{hint}",
        f"the records:6: 'x' holds an object, which cannot be stored{hint}",
        f"the records:7: 'x' holds bytes that are not UTF-8{hint}",
    )
    planned = local.plan_records("hello.yaml", records)
    assert (planned.records, planned.failed, planned.problems) == (4, 3, problems)
    done = local.apply_records("hello.yaml", records)
    assert (done.records, done.failed, done.counts.problems, done.stopped) == (4, 3, problems, "")
    stored = [local.plan("hello.yaml", f"r{n}").enrollments[0].record.fields["x"] for n in range(4)]
    assert stored == ["2030-01-07", "2030-01-07T09:00:00+00:00", 5.1, "ab"]
    again = local.apply_records("hello.yaml", records[:4])
    assert (again.counts.scheduled, again.counts.kept) == (0, 8)


def test_the_plan_of_one_record_with_a_date_can_be_applied(local: Engine) -> None:
    fields = {"timezone": "UTC", "first_name": "A", "renewal": date(2030, 1, 7)}
    assert local.apply(local.plan("hello.yaml", "r1", fields=fields)).scheduled == 2


def test_the_same_people_with_ids_of_another_type_are_not_enrolled_again(local: Engine, project: Path) -> None:
    (project / "c.csv").write_text("id,first_name,timezone\n1001,A,UTC\n1002,B,UTC\n", encoding="utf-8")
    assert local.apply_records("hello.yaml", project / "c.csv").counts.scheduled == 4
    rows = [{"id": number, "timezone": "UTC", "first_name": name} for number, name in ((1001.0, "A"), (1002, "B"))]
    again = local.apply_records("hello.yaml", rows)
    assert (again.counts.scheduled, again.counts.kept, again.failed) == (0, 4, 0)


def test_a_record_named_by_id_and_by_email_is_enrolled_once(account: Account) -> None:
    account.put("Ada")
    record = account.engine().plan("hello.yaml", "ada@acme.test").enrollments[0].record
    done = account.engine().apply_records("hello.yaml", [record.id, "ADA@acme.test", record.id.upper()])
    assert (done.records, done.failed, done.counts.scheduled) == (1, 2, 2)
    assert done.counts.problems == (
        "the records:2: the record is named before, in row 1",
        "the records:3: the record is named before, in row 1",
    )


@pytest.mark.usefixtures("small_batches")
def test_turns_go_on_from_batch_to_batch_and_a_failed_record_uses_none(local: Engine, project: Path) -> None:
    (project / "team.yaml").write_text(POOL, encoding="utf-8")
    (project / "pool.yaml").write_text(
        "sequence: pool\nassign: {round_robin: [ana@acme.test, ben@acme.test]}\n"
        "steps:\n  - {id: one, activity: call, due: 1 day after start, note: '{{ record.first_name }}'}\n",
        encoding="utf-8",
    )
    local.team_import(project / "team.yaml")
    zone = {"timezone": "Europe/Paris"}
    records = [{"id": f"r{n}", **zone, **({} if n == 2 else {"first_name": str(n)})} for n in range(6)]
    local.plan_records("pool.yaml", records, out=project / "plan.csv")
    with (project / "plan.csv").open(encoding="utf-8", newline="") as file:
        assignees = {line["record"]: line["assignee"] for line in csv.DictReader(file)}
    assert assignees == {"r0": "Ana", "r1": "Ben", "r3": "Ana", "r4": "Ben", "r5": "Ana"}
    assert local.apply_records("pool.yaml", records).counts.scheduled == 5
    more = local.plan("pool.yaml", "r9", fields={**zone, "first_name": "9"})
    assert [each.assignee.name for each in more.activities if each.assignee] == ["Ben"]


@pytest.mark.usefixtures("small_batches")
def test_an_asynchronous_generator_is_applied_while_it_yields(local: Engine) -> None:
    async def given() -> AsyncIterator[dict[str, str]]:
        for number in range(5):
            yield {"id": f"r{number}", "timezone": "Europe/Paris", "first_name": str(number)}

    told: list[ProgressEvent] = []
    done = local.apply_records("hello.yaml", given(), progress=told.append)
    assert (done.counts.scheduled, done.records) == (10, 5)
    assert [event.done for event in told] == sorted(event.done for event in told)
    assert (told[-1].done, told[-1].total, told[-1].left) == (5, 5, None)


def test_planning_writes_nothing_and_needs_no_store(local: Engine, project: Path) -> None:
    before = sorted(project.rglob("*"))
    records = [{"id": "a", "timezone": "Europe/Paris", "first_name": "A"}, {"id": "b"}, {"x": 1}]
    plan = local.plan_records("hello.yaml", records)
    assert (plan.counts["create"], plan.records, plan.failed) == (2, 1, 2)  # type: ignore[index]
    assert plan.problems == (
        "the records:2: record 'b' is not in target 'local'; check the id, email or name, import it with `cadence records import`, or plan it ad hoc with --field timezone=Europe/Paris",
        "the records:3: the row names no record: it has neither id, email nor name",
    )
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "params", "message"),
    [
        ("email,param.topik\na,b\n", {}, "sequence 'hello': unknown param 'topik'; did you mean 'topic'?"),
        ("email\na\n", {"topik": 1}, "sequence 'hello': unknown param 'topik'; did you mean 'topic'?"),
    ],
)
def test_params_that_are_wrong_for_every_row_are_refused_at_once(
    local: Engine, project: Path, content: str, params: dict[str, Any], message: str
) -> None:
    (project / "c.csv").write_text(content, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        local.apply_records("hello.yaml", project / "c.csv", params=params, report=project / "r.csv")
    assert str(caught.value) == message
    assert not (project / "r.csv").exists()


def test_a_param_that_is_required_may_come_from_a_column_or_for_all(local: Engine, project: Path) -> None:
    (project / "hello.yaml").write_text(SEQUENCE.replace("default: plans", "required: true"), encoding="utf-8")
    (project / "c.csv").write_text("id,timezone,first_name,param.topic\na,UTC,A,x\nb,UTC,B,\n", encoding="utf-8")
    done = local.plan_records("hello.yaml", project / "c.csv")
    assert (done.records, done.failed) == (1, 1)
    (project / "d.csv").write_text("id,timezone,first_name\na,UTC,A\n", encoding="utf-8")
    with pytest.raises(PlanError, match="param 'topic' is required"):
        local.plan_records("hello.yaml", project / "d.csv")
    assert local.plan_records("hello.yaml", project / "d.csv", params={"topic": "y"}).records == 1


def test_the_file_of_records_is_not_overwritten(local: Engine, project: Path) -> None:
    path = project / "c.csv"
    path.write_text("email\na\n", encoding="utf-8")
    (project / "sub").mkdir()
    with pytest.raises(ConfigError, match="is the file of records, it would be overwritten"):
        local.apply_records("hello.yaml", path, report=path)
    with pytest.raises(ConfigError, match="is the file of records, it would be overwritten"):
        local.plan_records("hello.yaml", path, out=project / "sub" / ".." / "c.csv")
    (project / "linked.csv").hardlink_to(path)
    (project / "named.csv").symlink_to(path)
    for name in ("linked.csv", "named.csv"):
        with pytest.raises(ConfigError, match="is the file of records, it would be overwritten"):
            local.apply_records("hello.yaml", path, report=project / name)
    assert path.read_text(encoding="utf-8") == "email\na\n"


@pytest.mark.parametrize(
    ("report", "out", "message"),
    [
        ("same.csv", "same.csv", "same.csv is the file of the report, too: one would overwrite the other; name two files"),
        ("old.csv", "link.csv", "link.csv is the file of the report, too: one would overwrite the other; name two files"),
        ("old.csv", "x.txt", "x.txt: '.txt' is not known, expected .csv, .ndjson, .jsonl or .parquet; name the file by what it is to hold"),
        ("old.csv", "no/x.csv", "no/x.csv cannot be written: No such file or directory; check the folder and its permissions"),
        ("old.csv", "folder.csv", "folder.csv cannot be written: Is a directory; check the folder and its permissions"),
        ("x.parquet", "old.csv", "x.parquet: '.parquet' is not known, expected .csv, .ndjson or .jsonl; name the file by what it is to hold"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_are_refused_before_one_is_emptied(
    local: Engine, project: Path, report: str, out: str, message: str
) -> None:
    (project / "old.csv").write_text("precious\n", encoding="utf-8")
    (project / "link.csv").hardlink_to(project / "old.csv")
    (project / "folder.csv").mkdir()
    before = sorted(project.iterdir())
    for call in (local.plan_records, local.apply_records):
        with pytest.raises(ConfigError) as caught:
            call("hello.yaml", [{"id": "a"}], report=project / report, out=project / out)
        assert str(caught.value) == f"{project}/{message}"
    assert (project / "old.csv").read_text(encoding="utf-8") == "precious\n"
    assert sorted(project.iterdir()) == before


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("c.csv", "id,first_name,timezone\n", "r{},A,UTC,\n"),
        ("c.ndjson", "", '{{"id": "r{}", "first_name": "A", "timezone": "UTC", "x": ""}}\n'),
    ],
)
def test_a_file_that_changes_while_it_is_read_stops_the_run_in_order(
    local: Engine, project: Path, name: str, head: str, row: str
) -> None:
    path = project / name
    rest = '"filler": "' if not head else ""
    filler = ("{" + rest + "x" * 400 + '"}\n' if rest else "," * 3 + "x" * 400 + "\n") * 100
    path.write_text(head + "".join(row.format(n) for n in range(6)) + filler, encoding="utf-8")

    def spoil(_event: ProgressEvent) -> None:
        with path.open("r+b") as file:
            file.seek(-50, 2)
            file.write(b"\xff")

    done = local.apply_records("hello.yaml", path, report=project / "r.csv", progress=spoil)
    assert done.stopped == (
        f"{path}: the file changed while it was read; leave it as it is until the run is over; "
        "run the same command again to go on"
    )
    assert done.records + done.failed == len(outcomes(project / "r.csv"))
    assert done.counts.scheduled == 2 * done.records


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("which", ["report", "out"])
def test_a_full_disk_stops_the_run_in_order_and_the_counts_are_kept(local: Engine, project: Path, which: str) -> None:
    full = project / "full.ndjson"
    full.symlink_to("/dev/full")
    records = [{"id": f"r{n}", "timezone": "UTC", "first_name": "A"} for n in range(8)]
    files = {which: full}
    done = local.apply_records("hello.yaml", records, **files)  # type: ignore[arg-type]
    why = f"{full} cannot be written: No space left on device; make room, or name another file"
    assert (done.stopped, done.is_whole) == (f"{why}; run the same command again to go on", False)
    assert (done.records, done.counts.scheduled) == (2, 4)
    assert len(local.status()) == 4
    with pytest.raises(ConfigError) as caught:
        local.plan_records("hello.yaml", records, **files)  # type: ignore[arg-type]
    assert str(caught.value) == why


@pytest.mark.usefixtures("local")
def test_the_library_applies_to_many_records() -> None:
    done: RecordsReport = cadence.apply_records("hello.yaml", [{"id": "a", "timezone": "UTC", "first_name": "A"}])
    assert (done.counts.scheduled, done.records) == (2, 1)

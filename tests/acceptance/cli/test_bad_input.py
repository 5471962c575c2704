"""Bad input from end to end: a message with the way out, exit code 1, no traceback, nothing half-written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence, Outcome

ASK = (
    "--record", "R-17", "--field", "timezone=Europe/Paris", "seats=25", "first_name=Mia",
    "--start", "2026-11-20T10:00", "--now", "2026-11-20T04:00:00Z",
)  # fmt: skip

STEP = "  - {id: a, activity: call, due: 1 day after start at 10:00}\n"
HEAD = "sequence: s\ntimezone: record.timezone\nsteps:\n"


def assert_refused(done: Outcome, *words: str) -> None:
    assert (done.code, done.out) == (1, ""), done.out
    assert "error" in done.err
    assert "Traceback" not in done.err
    assert "a defect of cadence" not in done.err
    assert [word for word in words if word not in done.err] == [], done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("bad.yaml",)),
        ("# only a comment\n", ("bad.yaml",)),
        ("just text\n", ("bad.yaml:1:1",)),
        ("a: [b\n", ("bad.yaml:",)),
        ("[" * 50_000, ("bad.yaml:1:", "deep")),
        ("a: &a [x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)),
         ("bad.yaml:1:",)),
        (HEAD + STEP + STEP, ("bad.yaml:5:", "'a'")),
        (HEAD + STEP + "steps: []\n", ("bad.yaml:5:1", "steps")),
        (HEAD + "  - {id: a, activity: call, due: 1 day after b}\n  - {id: b, activity: call, due: 1 day after a}\n",
         ("bad.yaml:4:", "a", "b")),
        (HEAD + "  - {id: a, activity: call, due: 3 hours after start at 10:00}\n", ("bad.yaml:4:", "at")),
        (HEAD + "  - {id: a, activity: call, due: 1 day after kickof}\n", ("bad.yaml:4:", "'kickof'")),
        (HEAD.replace("record.timezone", "Europe/Pariss") + STEP, ("bad.yaml:2:", "'Europe/Pariss'", "Europe/Paris")),
        (HEAD.replace("steps", "calendar: dsk\nsteps") + STEP, ("bad.yaml:3:", "'dsk'", "desk")),
        (HEAD + STEP.replace("}", ', note: "{{ record.frist_name }}"}'), ("frist_name", "first_name")),
        (HEAD + STEP.replace("}", ', note: "{% for x in y %}{% endfor %}"}'), ("bad.yaml:4:",)),
        (HEAD + STEP.replace("1 day after start", "1 day after record.signed_on"), ("signed_on", "--field")),
        (HEAD + STEP.replace("1 day after", "2 days before"), ("lies in the past", "if_past")),
        ("x" * 5_000_000, ("bad.yaml",)),
    ],
    ids=[
        "empty", "comment", "no mapping", "no yaml", "brackets", "alias bomb", "double step", "double key", "cycle",
        "at with exact", "step", "zone", "calendar", "missing variable", "loop", "missing date", "past", "five megabytes",
    ],
)  # fmt: skip
def test_a_bad_sequence_is_refused_with_its_place(cadence: Cadence, text: str, words: tuple[str, ...]) -> None:
    cadence.write("bad.yaml", text)
    before = cadence.files()
    assert_refused(cadence("apply", "bad.yaml", *ASK), *words)
    assert cadence.files() == before


def test_a_file_that_is_not_utf8_is_refused(cadence: Cadence) -> None:
    (cadence.folder / "bad.yaml").write_bytes(b"sequence: caf\xe9\n")
    assert_refused(cadence("check", "bad.yaml"), "bad.yaml", "UTF-8")


def test_a_folder_is_no_sequence(cadence: Cadence) -> None:
    assert_refused(cadence("plan", "sequences", *ASK), "sequences")


def test_two_records_that_match_are_named(stocked: Cadence) -> None:
    stocked.write("twins.csv", "email,first_name,last_name\na@example.com,Kim,Doe\nb@example.com,Kim,Doe\n")
    assert stocked("records", "import", "twins.csv").code == 0
    assert_refused(stocked("plan", "follow-up", "--record", "Kim Doe"), "'Kim Doe'")


def test_a_bad_row_is_named_and_the_rest_is_taken(stocked: Cadence) -> None:
    stocked.write(
        "rows.csv", "email,timezone\nok@example.com,Europe/Paris\n,Europe/Paris\nlast@example.com,Asia/Tokyo\n"
    )
    done = stocked("records", "import", "rows.csv")
    assert (done.code, done.out) == (1, "records: 2 created, 0 updated, 1 not taken\n")
    assert "rows.csv:3" in done.err


def spoiled_ledger(stocked: Cadence, how: str) -> None:
    assert stocked("apply", "follow-up", *ASK).code == 0
    path = stocked.folder / ".cadence" / "ledger.db"
    if how == "damaged":
        for name in (path, path.with_name("ledger.db-wal"), path.with_name("ledger.db-shm")):
            name.unlink(missing_ok=True)
        path.write_bytes(b"this is no database at all, only text " * 400)
    else:
        with closing(sqlite3.connect(path)) as ledger, ledger:
            ledger.execute("UPDATE ledger_schema SET version_num = '9999'")


@pytest.mark.parametrize("how", ["damaged", "newer"])
def test_a_ledger_that_cannot_be_trusted_is_refused(stocked: Cadence, how: str) -> None:
    spoiled_ledger(stocked, how)
    for command in (("apply", "follow-up", *ASK), ("status",), ("log",)):
        assert_refused(stocked(*command), "ledger.db", "hint: ")


def test_a_setting_that_is_not_one_is_refused(cadence: Cadence) -> None:
    cadence.write("cadence.toml", '[ledgr]\nurl = "x"\n')
    assert_refused(cadence("status"), "cadence.toml", "unknown setting 'ledgr'", "did you mean 'ledger'?")


@pytest.mark.parametrize("command", [("target", "ping"), ("apply", "follow-up", *ASK)])
def test_a_target_that_does_not_answer_is_refused(cadence: Cadence, command: tuple[str, ...]) -> None:
    env = {
        "CADENCE_TARGETS__KIZEN__BASE_URL": "http://127.0.0.1:9",
        "CADENCE_TARGETS__KIZEN__API_KEY": "s3cret-key",
        "CADENCE_TARGETS__KIZEN__BUSINESS_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f",
        "CADENCE_TARGETS__KIZEN__USER_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e40",
    }
    done = cadence(*command, env=env)
    assert_refused(done, "kizen", "127.0.0.1:9")
    assert "s3cret" not in done.err


def test_a_folder_that_cannot_be_written_is_refused(stocked: Cadence) -> None:
    blocked = stocked.folder / "blocked"
    blocked.write_text("a file where a folder is wanted")
    done = stocked("apply", "follow-up", *ASK, "--ledger", f"sqlite:///{blocked}/ledger.db")
    assert done.code == 1
    assert str(blocked) in done.err
    assert "a defect of cadence" not in done.err
    assert_refused(stocked("plan", "follow-up", *ASK, "--out", str(blocked / "plan.json")), str(blocked))

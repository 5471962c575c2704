"""`cadence apply --records` and `cadence plan --records`, as people and scripts run them."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.cli.test_crash import notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.acceptance.cli.conftest import Cadence

WHEN = ("--start", "2026-11-20T10:00", "--now", "2026-11-20T04:00:00Z")
PEOPLE = """\
email,first_name,timezone,seats
mia@example.com,,,
raj@example.com,,,
nobody@example.com,,,
mia@example.com,,,
eve@example.com,Eve,Mars/Olympus,1
"""
ZONE = "sequence 'follow-up': 'Mars/Olympus' is no time zone for the record 'Eve'"


def lines(cadence: Cadence, name: str) -> list[dict[str, str]]:
    with (cadence.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_row_is_sent_for_and_what_became_of_it_is_beside_the_file(stocked: Cadence) -> None:
    stocked.write("people.csv", PEOPLE)
    done = stocked("apply", "follow-up", "--records", "people.csv", *WHEN)
    assert (done.code, done.out) == (1, "5 scheduled, 1 skipped; 2 records, 3 failed\n"), done.err
    err = done.err.splitlines()
    assert err[1] == "report: people.report.csv"
    assert [line for line in err if line.startswith("people.csv")][:2] == [
        "people.csv:4: record 'nobody@example.com' is not in target 'local'; check the id, email or name, import it with `cadence records import`, or plan it ad hoc with --field timezone=Europe/Paris",
        "people.csv:5: the record is named before, in row 2",
    ]
    report = lines(stocked, "people.report.csv")
    assert sorted((line["row"], line["record"], line["outcome"], line["scheduled"]) for line in report) == [
        ("2", "mia@example.com", "scheduled", "3"),
        ("3", "raj@example.com", "scheduled", "2"),
        ("4", "nobody@example.com", "failed", "0"),
        ("5", "mia@example.com", "failed", "0"),
        ("6", "eve@example.com", "failed", "0"),
    ]
    assert next(line["reason"] for line in report if line["row"] == "6").startswith(ZONE)


def test_json_is_one_object_and_a_second_run_sends_nothing(stocked: Cadence) -> None:
    stocked.write("people.ndjson", '{"email": "mia@example.com"}\n{"email": "raj@example.com"}\n')
    arguments = ("apply", "follow-up", "--records", "people.ndjson", *WHEN, "--format", "json")
    first, second = stocked(*arguments), stocked(*arguments)
    assert (first.code, second.code) == (0, 0), first.err
    expected = {"rejected": 0, "in_doubt": 0, "parked": 0, "adopted": 0, "skipped": 1, "records": 2, "failed": 0}
    assert first.json.items() >= {**expected, "scheduled": 5, "kept": 0, "report": "people.report.ndjson"}.items()
    assert second.json.items() >= {**expected, "scheduled": 0, "kept": 5, "stopped": ""}.items()
    report = [json.loads(line) for line in (stocked.folder / "people.report.ndjson").read_text().splitlines()]
    assert [(line["row"], line["outcome"], line["kept"]) for line in report] == [(1, "kept", 3), (2, "kept", 2)]


def test_the_detailed_exit_code_tells_whether_something_changed(stocked: Cadence) -> None:
    stocked.write("people.csv", "email\nmia@example.com\n")
    arguments = ("apply", "follow-up", "--records", "people.csv", *WHEN, "--detailed-exitcode")
    assert stocked(*arguments, "--dry-run").code == 2
    assert [stocked(*arguments).code, stocked(*arguments).code, stocked(*arguments, "--dry-run").code] == [2, 0, 0]


def test_a_dry_run_counts_and_writes_each_activity_where_it_is_told(stocked: Cadence) -> None:
    stocked.write("people.csv", PEOPLE)
    before = stocked.files()
    done = stocked("apply", "follow-up", "--records", "people.csv", *WHEN, "--dry-run")
    planned = stocked("plan", "follow-up", "--records", "people.csv", *WHEN)
    assert (done.code, done.out) == (1, "5 to create, 1 skipped; 2 records, 3 failed\n"), done.err
    assert (planned.code, planned.out, planned.err) == (done.code, done.out, done.err)
    assert stocked.files() == before
    done = stocked(
        "plan", "follow-up", "--records", "people.csv", *WHEN, "--out", "all.csv", "--report", "rows.csv", "--format", "json"
    )  # fmt: skip
    assert (done.json["create"], done.json["skip"], done.json["records"], done.json["failed"]) == (5, 1, 2, 3)
    assert [(line["record_name"], line["step"], line["action"], line["local"]) for line in lines(stocked, "all.csv")][
        :2
    ] == [
        ("Mia Wolf", "hello", "create", "2026-11-20T11:00:00+01:00[Europe/Berlin]"),
        ("Mia Wolf", "call", "create", "2026-11-25T10:00:00+01:00[Europe/Berlin]"),
    ]
    assert [(line["row"], line["outcome"]) for line in lines(stocked, "rows.csv")][-1] == ("3", "planned")
    assert stocked("status").out == ""


def test_a_row_nested_without_end_stops_no_other(stocked: Cadence) -> None:
    deep = "[" * 900 + "]" * 900
    stocked.write("p.ndjson", f'{{"email": "mia@example.com", "tags": {deep}}}\n{{"email": "raj@example.com"}}\n')
    done = stocked("apply", "follow-up", "--records", "p.ndjson", *WHEN)
    assert (done.code, done.out) == (1, "2 scheduled, 1 skipped; 1 record, 1 failed\n"), done.err
    told = "p.ndjson:1: 'tags' is nested deeper than 40 levels; keep it flat, or take it out of the row"
    assert told in done.err.splitlines()


def test_many_problems_are_told_in_part_and_written_in_full(stocked: Cadence) -> None:
    stocked.write("people.csv", "email\n" + "".join(f"p{number}@example.com\n" for number in range(30)))
    done = stocked("apply", "follow-up", "--records", "people.csv")
    assert (done.code, done.out) == (1, "nothing to do; 0 records, 30 failed\n")
    assert len([line for line in done.err.splitlines() if line.startswith("people.csv:")]) == 20
    assert done.err.endswith("and 10 more, each in the report\n")
    assert len(lines(stocked, "people.report.csv")) == 30


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--records", "p.csv", "--record", "x"),
            "--record names one record and --records a file of them: give one of the two",
        ),
        (("--record", "x", "--by", "y"), "--by goes with --records"),
        (("--record", "x", "--report", "y.csv"), "--report goes with --records"),
        (
            ("--records", "p.csv", "--format", "csv"),
            "--format csv is for one record's plan: with --records, --out plan.csv writes all of them",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(cadence: Cadence, arguments: Sequence[str], message: str) -> None:
    done = cadence("apply", "follow-up", *arguments)
    assert (done.code, done.out, done.err) == (1, "", f"error: {message}\nhint: see `cadence apply --help`\n")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.csv", b"first,last\na,b\n", "p.csv:1: no column names the record, expected one called id, email or name"),
        ("p.csv", b"email\nmia@example.com\n\xff\n", "p.csv:3: byte 22 is not UTF-8"),
        ("p.csv", b"", "p.csv: the file is empty"),
        ("p.txt", b"email\n", "p.txt: '.txt' is not known, expected .csv, .ndjson, .jsonl or .parquet"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_leaves_nothing_behind(
    stocked: Cadence, name: str, content: bytes, message: str
) -> None:
    (stocked.folder / name).write_bytes(content)
    before = [file for file in stocked.files() if not file.startswith(".cadence/")]
    done = stocked("apply", "follow-up", "--records", name)
    assert (done.code, done.out) == (1, "")
    assert f"\nerror: {message}\n" in done.err
    assert "report:" not in done.err
    assert [file for file in stocked.files() if not file.startswith(".cadence/")] == before
    assert stocked("status").out == ""


MANY = 230
LETTER = """\
sequence: letter
timezone: record.timezone
steps:
  - {id: one, activity: email, due: 1 day after start at 10:00, note: "dear {{ record.id }}"}
"""
LETTERS = ("apply", "letter", "--records", "many.csv", "--start", "2030-01-07T10:00")


def many(cadence: Cadence) -> Cadence:
    cadence.write("sequences/letter.yaml", LETTER)
    rows = "".join(f"person-{number},Europe/Paris\n" for number in range(MANY))
    cadence.write("many.csv", f"id,timezone\n{rows}")
    return cadence


def begun(cadence: Cadence, count: int) -> subprocess.Popen[bytes]:
    """Return a run that has sent *count* activities and goes on."""
    process = subprocess.Popen(
        cadence.argv(*LETTERS), cwd=cadence.folder, env=cadence.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )  # fmt: skip
    while process.poll() is None and len(notes(cadence)) < count:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    return process


def assert_each_once(cadence: Cadence) -> None:
    markers = [note.splitlines()[-1] for note in notes(cadence)]
    assert len(markers) == len(set(markers)) == MANY


@pytest.mark.crash
@pytest.mark.slow
def test_a_run_that_is_killed_is_completed_by_the_next_and_its_report_is_whole(cadence: Cadence) -> None:
    many(cadence)
    seen = []
    for count in (30, 210):
        with begun(cadence, count) as process:
            process.kill()
        seen.append(len(notes(cadence)))
        written = (cadence.folder / "many.report.csv").read_text(encoding="utf-8")
        assert written.endswith("\n")
        assert len(lines(cadence, "many.report.csv")) < MANY
    assert 0 < seen[0] < MANY, "the first kill came too late to prove anything"
    done = cadence(*LETTERS)
    assert done.code == 0, done.err
    assert_each_once(cadence)
    report = lines(cadence, "many.report.csv")
    assert [int(line["row"]) for line in report] == list(range(2, MANY + 2))
    assert {line["outcome"] for line in report} <= {"kept", "scheduled", "adopted"}
    assert sum(int(line["scheduled"]) + int(line["adopted"]) + int(line["kept"]) for line in report) == MANY
    assert cadence(*LETTERS).out == f"nothing to do: {MANY} kept; {MANY} records\n"


@pytest.mark.crash
@pytest.mark.slow
def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(cadence: Cadence) -> None:
    many(cadence)
    with begun(cadence, 30) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err.decode()
    assert err.decode().splitlines()[-1] == "interrupted; run the same command again to go on"
    assert b" records\n" in out
    report = lines(cadence, "many.report.csv")
    assert len(report) < MANY, "the rest was not reached"
    assert {line["outcome"] for line in report} == {"scheduled", "held"}
    assert sum(int(line["scheduled"]) for line in report) == len(notes(cadence))
    states = {row["state"] for row in cadence("status", "--format", "json").json}
    assert states <= {"scheduled", "planned"}
    assert cadence(*LETTERS).code == 0
    assert_each_once(cadence)


def test_a_full_disk_is_told_with_the_file_and_the_counts(stocked: Cadence) -> None:
    stocked.write("people.csv", "email\nmia@example.com\nraj@example.com\n")
    (stocked.folder / "full.ndjson").symlink_to("/dev/full")
    arguments = ("apply", "follow-up", "--records", "people.csv", *WHEN, "--report", "full.ndjson", "--format", "json")
    done = stocked(*arguments)
    stopped = (
        "full.ndjson cannot be written: No space left on device; make room, or name another file; "
        "run the same command again to go on"
    )
    assert (done.code, done.json["stopped"], done.json["scheduled"], done.json["records"]) == (1, stopped, 5, 2)
    assert stopped in done.err.splitlines()

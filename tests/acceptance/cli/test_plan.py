"""`cadence plan`, as scripts and people run it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

ASK = (
    "follow-up", "--record", "R-17", "--field", "timezone=America/New_York", "--field", "seats=25",
    "--field", "first_name=Mia", "--start", "2026-11-20T10:00", "--now", "2026-11-20T15:00:00Z",
)  # fmt: skip


def test_the_json_is_what_scripts_rely_on(cadence: Cadence) -> None:
    done = cadence("plan", *ASK, "--format", "json")
    assert done.code == 0, done.err
    plan = done.json
    assert plan["version"] == 1
    assert len(plan["digest"]) == 64
    assert plan["now"] == "2026-11-20T15:00:00Z"
    assert set(plan["versions"]) >= {"tzdata", "holidays"}
    [enrollment] = plan["enrollments"]
    assert (enrollment["record"], enrollment["sequence"]) == ("R-17", "follow-up")
    shown = [(a["step"], a["action"], a["due_datetime"], a["local"]) for a in enrollment["activities"]]
    assert shown == [
        ("hello", "create", "2026-11-20T16:00:00Z", "2026-11-20T11:00:00-05:00[America/New_York]"),
        ("call", "create", "2026-11-25T15:00:00Z", "2026-11-25T10:00:00-05:00[America/New_York]"),
        ("offer", "create", "2026-11-26T20:00:00Z", "2026-11-26T15:00:00-05:00[America/New_York]"),
    ]
    body = enrollment["activities"][0]["body"]
    assert body["due_datetime"] == "2026-11-20T16:00:00Z"
    assert set(body["associated_entities"][0]) == {"custom_object", "entity_id"}
    assert all(set(line) == {"rule", "from", "to", "reason"} for a in enrollment["activities"] for line in a["why"])


def test_the_same_inputs_give_the_same_bytes(cadence: Cadence) -> None:
    assert cadence("plan", *ASK, "--format", "json").out == cadence("plan", *ASK, "--format", "json").out


def test_planning_writes_nothing_anywhere(cadence: Cadence) -> None:
    before = cadence.files()
    assert cadence("plan", *ASK).code == 0
    assert cadence.files() == before


def test_a_skipped_step_says_why(cadence: Cadence) -> None:
    plan = cadence("plan", *ASK[:5], "--field", "seats=5", *ASK[7:], "--format", "json").json
    [offer] = [a for a in plan["enrollments"][0]["activities"] if a["step"] == "offer"]
    assert offer["action"] == "skip"
    assert "record.seats >= 20" in offer["reason"]


def test_the_table_says_what_moved_a_due(cadence: Cadence) -> None:
    done = cadence("plan", *ASK, env={"COLUMNS": "80"})
    assert "call   call   Wed 25 Nov 2026 10:00 UTC-5" in done.out
    assert "office move" in done.out
    assert done.out.endswith("\n\n3 to create\n")


@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_terminal(cadence: Cadence, width: int) -> None:
    lines = cadence("plan", *ASK, env={"COLUMNS": str(width)}).out.splitlines()
    assert max(map(len, lines)) <= width


def test_csv_has_a_header_and_a_line_per_activity(cadence: Cadence) -> None:
    rows = list(csv.DictReader(io.StringIO(cadence("plan", *ASK, "--format", "csv").out, newline="")))
    assert [row["step"] for row in rows] == ["hello", "call", "offer"]
    assert rows[0]["due_datetime"] == "2026-11-20T16:00:00Z"


def test_out_keeps_what_json_prints(cadence: Cadence) -> None:
    done = cadence("plan", *ASK, "--format", "json", "--out", "kept.json")
    assert (cadence.folder / "kept.json").read_text(encoding="utf-8") == done.out


def test_changes_exit_with_2_only_when_asked(cadence: Cadence) -> None:
    assert cadence("plan", *ASK).code == 0
    assert cadence("plan", *ASK, "--detailed-exitcode").code == 2


def test_a_local_start_is_read_in_the_zone_of_the_record(cadence: Cadence) -> None:
    with_offset = [part if part != "2026-11-20T10:00" else "2026-11-20T10:00-05:00" for part in ASK]
    assert cadence("plan", *with_offset, "--format", "json").out == cadence("plan", *ASK, "--format", "json").out


def test_a_sequence_is_found_by_file_by_path_and_by_name(cadence: Cadence) -> None:
    plans = {cadence("plan", name, *ASK[1:], "--format", "json").json["digest"] for name in
             ("follow-up", "follow-up.yaml", "sequences/follow-up.yaml")}  # fmt: skip
    assert len(plans) == 1


def test_a_record_is_required(cadence: Cadence) -> None:
    done = cadence("plan", "follow-up")
    assert (done.code, done.out) == (1, "")
    assert (
        done.err
        == "error: missing option '--record': the record's id, email or name\nhint: see `cadence plan --help`\n"
    )


def test_a_sequence_that_is_not_there_is_guessed(cadence: Cadence) -> None:
    done = cadence("plan", "folow-up", *ASK[1:])
    assert (done.code, done.out) == (1, "")
    assert "folow-up" in done.err
    assert "did you mean 'follow-up" in done.err


def test_a_record_that_nobody_knows_needs_fields(cadence: Cadence) -> None:
    done = cadence("plan", "follow-up", "--record", "R-17")
    assert (done.code, done.out) == (1, "")
    assert "R-17" in done.err
    assert "--field" in done.err


def test_a_record_without_zone_is_refused_with_the_way_out(cadence: Cadence) -> None:
    done = cadence("plan", "follow-up", "--record", "R-17", "--field", "seats=25", "--field", "first_name=Mia")
    assert (done.code, done.out) == (1, "")
    assert "timezone" in done.err
    assert "--field timezone=" in done.err


def test_a_broken_file_shows_all_its_findings_on_stderr(cadence: Cadence) -> None:
    cadence.write("broken.yaml", "sequence: broken\nsteps:\n  - {id: a, activty: call, due: 2 dais after start}\n")
    done = cadence("plan", "broken.yaml", *ASK[1:])
    assert (done.code, done.out) == (1, "")
    assert "broken.yaml:3:" in done.err
    assert "activty" in done.err
    assert "dais" in done.err

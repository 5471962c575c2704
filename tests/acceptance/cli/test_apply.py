"""`cadence apply`, as scripts and people run it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

WHEN = ("--start", "2026-11-20T10:00", "--now", "2026-11-20T04:00:00Z")
MIA = ("follow-up", "--record", "mia@example.com", *WHEN)
COUNTS = {"scheduled", "adopted", "rejected", "in_doubt", "parked", "kept", "skipped"}


def test_the_plan_is_shown_then_submitted_then_counted(stocked: Cadence) -> None:
    done = stocked("apply", *MIA)
    assert done.code == 0, done.err
    assert done.out.startswith("follow-up for Mia Wolf\n")
    assert done.out.splitlines()[-1] == "3 scheduled"


def test_a_second_run_sends_nothing(stocked: Cadence) -> None:
    assert stocked("apply", *MIA).code == 0
    again = stocked("apply", *MIA)
    assert again.code == 0, again.err
    assert again.out.splitlines()[-2:] == ["", "nothing to do: 3 kept"], "said once, by the plan"
    assert stocked("plan", *MIA, "--detailed-exitcode").code == 0


def test_skipped_steps_are_counted(stocked: Cadence) -> None:
    done = stocked("apply", "follow-up", "--record", "raj@example.com", *WHEN)
    assert done.out.splitlines()[-1] == "2 scheduled, 1 skipped"


def test_json_is_one_object_and_all_that_goes_to_stdout(stocked: Cadence) -> None:
    first = stocked("apply", *MIA, "--format", "json")
    assert first.json.keys() >= COUNTS
    assert (first.json["scheduled"], first.json["kept"]) == (3, 0)
    second = stocked("apply", *MIA, "--format", "json")
    assert (second.json["scheduled"], second.json["kept"]) == (0, 3)


def test_a_dry_run_writes_nothing(stocked: Cadence) -> None:
    done = stocked("apply", *MIA, "--dry-run", "--detailed-exitcode")
    assert done.code == 2
    assert done.out.endswith("3 to create\n")
    assert stocked("status").out == ""


def test_a_fresh_folder_needs_no_preparation(cadence: Cadence) -> None:
    done = cadence(
        "apply", "follow-up", "--record", "R-17", "--field", "timezone=Europe/Paris", "seats=5", "first_name=Zoé", *WHEN
    )
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == "2 scheduled, 1 skipped"
    assert "target: local" in done.err


def test_a_kept_plan_does_exactly_what_was_shown(stocked: Cadence) -> None:
    assert stocked("plan", *MIA[:3], "--out", "plan.json").code == 0
    planned = json.loads((stocked.folder / "plan.json").read_text())
    done = stocked("apply", "plan.json")
    assert done.code == 0, done.err
    dues = {row["step"]: row["due_at"] for row in stocked("status", "--format", "json").json}
    assert dues == {a["step"]: a["due_datetime"] for a in planned["enrollments"][0]["activities"]}


def test_a_plan_takes_no_other_question(stocked: Cadence) -> None:
    assert stocked("plan", *MIA[:3], "--out", "plan.json").code == 0
    done = stocked("apply", "plan.json", "--record", "mia@example.com")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "error: --record cannot be used with a plan: plan.json already says what happens\n"
        "hint: see `cadence apply --help`\n"
    )


@pytest.mark.parametrize("spoil", ["edit", "truncate", "empty"])
def test_a_spoiled_plan_is_refused_before_anything_is_sent(stocked: Cadence, spoil: str) -> None:
    assert stocked("plan", *MIA[:3], "--out", "plan.json").code == 0
    path = stocked.folder / "plan.json"
    text = path.read_text(encoding="utf-8")
    path.write_text({"edit": text.replace("Mia", "Eve"), "truncate": text[: len(text) // 2], "empty": ""}[spoil])
    done = stocked("apply", "plan.json")
    assert (done.code, done.out) == (1, "")
    assert "\nerror: plan.json: the plan " in done.err
    assert "\nhint: " in done.err
    assert stocked("status").out == ""


def test_status_and_log_show_what_was_done(stocked: Cadence) -> None:
    stocked("apply", *MIA)
    rows = stocked("status", "--record", "Mia Wolf", "--format", "json").json
    assert [(row["step"], row["state"]) for row in rows] == [
        ("hello", "scheduled"), ("call", "scheduled"), ("offer", "scheduled"),
    ]  # fmt: skip
    table = stocked("status").out
    assert "scheduled" in table
    assert "follow-up" in table
    assert len(stocked("log", "--limit", "2", "--format", "json").json) == 2
    assert stocked("status", "--state", "parked", "--format", "json").json == []


def test_another_ledger_can_be_named(stocked: Cadence) -> None:
    done = stocked("apply", *MIA, "--ledger", "sqlite:///other.db")
    assert done.code == 0, done.err
    assert (stocked.folder / "other.db").exists()
    assert stocked("status").out == ""
    assert "hello" in stocked("status", "--ledger", "sqlite:///other.db").out


def test_an_unknown_target_is_refused(stocked: Cadence) -> None:
    done = stocked("apply", *MIA, "--target", "kizn")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: unknown target 'kizn'\n")


def test_a_key_is_never_shown(stocked: Cadence) -> None:
    env = {
        "CADENCE_TARGETS__KIZEN__BASE_URL": "http://127.0.0.1:9",
        "CADENCE_TARGETS__KIZEN__API_KEY": "s3cret-key",
        "CADENCE_TARGETS__KIZEN__BUSINESS_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f",
        "CADENCE_TARGETS__KIZEN__USER_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e40",
        "CADENCE_DEBUG": "1",
    }
    done = stocked("apply", *MIA, "--target", "kizen", env=env)
    assert done.code == 1
    assert "Traceback" in done.err
    assert "s3cret" not in done.out + done.err

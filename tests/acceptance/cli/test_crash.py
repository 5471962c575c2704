"""`kill -9` while `cadence apply` is sending: the next run completes, and nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

STEPS = 150
DAILY = f"""\
sequence: daily
timezone: record.timezone
steps:
  - id: touch
    activity: task
    due: 1 day after start at 10:00
    repeat: {{every: 1 day, times: {STEPS}}}
    note: "day by day"
"""
APPLY = (
    "apply",
    "daily",
    "--record",
    "mia@example.com",
    "--start",
    "2026-11-20T10:00",
    "--now",
    "2026-11-20T04:00:00Z",
)


def notes(cadence: Cadence) -> list[str]:
    """Return the notes of all activities in the store, in the order in which they were made."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{cadence.folder}/.cadence/activities.db?mode=ro", uri=True)
        ) as store:
            return [note for (note,) in store.execute("SELECT note FROM scheduled_activities ORDER BY id")]
    except sqlite3.OperationalError:  # locked for a moment by the run
        return []


def kill_once_sent(cadence: Cadence, count: int) -> None:
    with subprocess.Popen(
        cadence.argv(*APPLY), cwd=cadence.folder, env=cadence.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:  # fmt: skip
        while process.poll() is None and len(notes(cadence)) < count:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.002)
        process.kill()


@pytest.mark.crash
@pytest.mark.slow
def test_a_killed_apply_is_completed_by_the_next_without_loss_or_double(stocked: Cadence) -> None:
    stocked.write("sequences/daily.yaml", DAILY)
    seen = []
    for count in (1, 40, 41, 90):
        kill_once_sent(stocked, count)
        seen.append(len(notes(stocked)))
    assert 1 <= seen[0] < STEPS, "the first kill came too late to prove anything"
    done = stocked(*APPLY)
    assert done.code == 0, done.err
    markers = [note.splitlines()[-1] for note in notes(stocked)]
    assert len(markers) == STEPS
    assert len(set(markers)) == STEPS
    states = {row["state"] for row in stocked("status", "--format", "json").json}
    assert states == {"scheduled"}
    assert stocked(*APPLY).out.splitlines()[-1] == f"nothing to do: {STEPS} kept"

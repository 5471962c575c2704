"""`cadence apply` killed at any point: a second run completes, nothing lost, nothing doubled, the order kept."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

SEQUENCE = """\
sequence: hardy
steps:
  - {id: one, activity: call, due: 1 day after start}
  - {id: two, activity: email, due: 1 day after one}
  - {id: three, activity: task, due: 1 day after two}
"""
ARGUMENTS = ("apply", "hardy.yaml", "--record", "ada@acme.test", "--field", "timezone=Europe/Paris")
ROUNDS = 12
DYING = Path(__file__).with_name("dying.py")


def run(folder: Path, *, die_at: int | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CADENCE_")}
    return subprocess.run(
        [sys.executable, *([str(DYING), str(die_at)] if die_at is not None else ["-m", "cadence"]), *ARGUMENTS],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def markers(folder: Path) -> list[str]:
    """Return the markers of all scheduled activities, in the order in which the service took them."""
    if not (folder / ".cadence" / "activities.db").exists():
        return []
    with closing(sqlite3.connect(folder / ".cadence" / "activities.db")) as store:
        rows = store.execute("SELECT note, due_at FROM scheduled_activities ORDER BY id").fetchall()
    assert [due for _, due in rows] == sorted(due for _, due in rows), "sent out of order"
    return [re.findall(r"\[cadence \w+\]", note)[-1] for note, _ in rows]


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "hardy.yaml").write_text(SEQUENCE, encoding="utf-8")
    return folder


@pytest.mark.crash
@pytest.mark.slow
def test_a_run_killed_at_any_point_is_completed_by_the_next(tmp_path: Path) -> None:
    whole = project(tmp_path / "whole")
    done = run(whole, die_at=0)
    assert done.returncode == 0, done.stderr
    calls = int(done.stderr.rsplit("calls: ", 1)[1])
    assert len(set(markers(whole))) == 3

    seen: Counter[int] = Counter()
    for number in range(1, ROUNDS + 1):
        folder = project(tmp_path / f"round-{number}")
        killed = run(folder, die_at=calls * number // (ROUNDS + 1))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        seen[len(markers(folder))] += 1
        again = run(folder)
        assert again.returncode == 0, (number, again.stdout, again.stderr)
        assert len(markers(folder)) == len(set(markers(folder))) == 3, number
    assert "nothing to do: 3 kept" in run(tmp_path / "round-1").stdout
    assert len(seen) > 1, f"every kill came at the same stage: {seen}"

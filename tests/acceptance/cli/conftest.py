"""The real command in a real process, in a project folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLLOW_UP = """\
sequence: follow-up
timezone: record.timezone
calendar: desk
steps:
  - id: hello
    activity: email
    due: 1 hour after start
    note: "Hello {{ record.first_name }}"
  - id: call
    activity: call
    due: 4 days after start at 10:00
  - id: offer
    activity: task
    due: 1 business day after call at 15:00
    if: record.seats >= 20
"""
DESK = """\
calendar: desk
hours: {mon-fri: "09:00-17:00"}
closed: {2026-11-24: office move}
"""
TEAM = """\
team:
  - {name: Kim Lee, email: kim@example.com, timezone: Europe/Berlin, roles: [success], leave: [2026-12-24..2027-01-02]}
  - {name: Ana Ruiz, email: ana@example.com, timezone: America/New_York}
roles: [success]
"""
RECORDS = """\
email,first_name,last_name,timezone,seats
mia@example.com,Mia,Wolf,Europe/Berlin,25
raj@example.com,Raj,Patel,Asia/Kolkata,5
"""


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cadence:
    """Runs `cadence` in a folder, with nothing of the caller's environment that could change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Outcome:
        done = subprocess.run(
            self.argv(*arguments),
            cwd=self.folder,
            env=self.environment(env),
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def argv(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "cadence", *map(str, arguments)]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        unwanted = ("CADENCE_", "COLUMNS", "NO_COLOR", "FORCE_COLOR")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        return {**kept, "TERM": "xterm-256color", **(extra or {})}

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def project_in(folder: Path) -> Cadence:
    """Return a project with one sequence and its calendar."""
    run = Cadence(folder)
    run.write("sequences/follow-up.yaml", FOLLOW_UP)
    run.write("sequences/calendars/desk.yaml", DESK)
    return run


@pytest.fixture
def cadence(tmp_path: Path) -> Cadence:
    """A project with one sequence and its calendar, and nothing else yet."""
    return project_in(tmp_path)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local store with a team and two records, made once."""
    run = Cadence(tmp_path_factory.mktemp("stock"))
    run.write("team.yaml", TEAM)
    run.write("records.csv", RECORDS)
    assert run("team", "import", "team.yaml").code == 0
    assert run("records", "import", "records.csv").code == 0
    return run.folder


@pytest.fixture
def stocked(cadence: Cadence, stock: Path) -> Cadence:
    """The project with a store of its own, a copy of the one that was made."""
    shutil.copytree(stock, cadence.folder, dirs_exist_ok=True)
    return cadence

"""A project that may be read but not written: what only looks works there, what would write says so."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.cli.conftest import Cadence, project_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LIKE_ANYBODY = """\
import ctypes, os, sys
if os.geteuid() == 0:  # whom no permission stops, unless this capability (CAP_DAC_OVERRIDE) is given up for good
    PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
    if ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
        sys.exit("root keeps its power over files")
os.execv(sys.argv[1], sys.argv[1:])
"""


class LikeAnybody(Cadence):
    """Runs `cadence` as a user whom the permissions of files bind."""

    def argv(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-c", LIKE_ANYBODY, *super().argv(*arguments)]


def state_of(folder: Path) -> Mapping[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (folder / ".cadence").iterdir()}


@pytest.fixture(scope="module")
def unwritable(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LikeAnybody]:
    """A project with a ledger, after its state became read-only."""
    folder = tmp_path_factory.mktemp("unwritable")
    shutil.copytree(stock, folder, dirs_exist_ok=True)
    project = project_in(folder)
    done = project("apply", "follow-up", "--record", "mia@example.com")
    assert done.code == 0, done.err
    state = folder / ".cadence"
    for file in state.iterdir():
        file.chmod(0o444)
    state.chmod(0o555)
    yield LikeAnybody(folder)
    state.chmod(0o755)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["plan", "follow-up", "--record", "raj@example.com"], "2 to create"),
        (["plan", "follow-up", "--record", "mia@example.com"], "3 kept"),
        (["plan", "follow-up", "--records", "records.csv"], "2 to create, 3 kept, 1 skipped; 2 records"),
        (["explain", "follow-up", "--record", "raj@example.com", "--step", "call"], "at 10:00"),
        (["status"], "Mia Wolf"),
        (["log", "--record", "mia@example.com"], "create: accepted"),
        (["records", "list"], "raj@example.com"),
        (["team", "list"], "Kim Lee"),
        (["activities", "list"], "meeting"),
        (["target", "ping"], "local: "),
    ],
    ids=lambda value: " ".join(value[:3:2]) if isinstance(value, list) else "",
)
def test_what_only_looks_needs_no_permission_to_write(unwritable: LikeAnybody, command: list[str], says: str) -> None:
    before = state_of(unwritable.folder)
    done = unwritable(*command)
    assert done.code == 0, done.err
    assert says in done.out
    assert state_of(unwritable.folder) == before


@pytest.mark.parametrize(
    "command",
    [
        ["apply", "follow-up", "--record", "raj@example.com"],
        ["apply", "follow-up", "--records", "records.csv", "--report", "r.csv"],
        ["records", "import", "records.csv"],
        ["settle"],
    ],
    ids=lambda command: " ".join(command[:3:2]),
)
def test_what_writes_is_refused_there_before_anything_is_sent(unwritable: LikeAnybody, command: list[str]) -> None:
    before = state_of(unwritable.folder)
    done = unwritable(*command)
    store = unwritable.folder.resolve() / ".cadence/activities.db"
    assert done.code == 1
    assert f"error: store '{store}' may not be written\n" in done.err
    assert f"hint: give yourself write permission on '{store}'" in done.err
    assert state_of(unwritable.folder) == before


def test_a_ledger_that_may_not_be_written_stops_an_apply_before_the_first_request(
    unwritable: LikeAnybody, tmp_path: Path
) -> None:
    project = LikeAnybody(shutil.copytree(unwritable.folder, tmp_path / "copy"))
    (project.folder / ".cadence").chmod(0o755)
    (project.folder / ".cadence/activities.db").chmod(0o644)
    done = project("apply", "follow-up", "--record", "raj@example.com")
    assert done.code == 1
    assert "error: ledger '" in done.err
    assert "cannot be written; check the permissions of the file and of its folder" in done.err.replace(
        "\nhint: ", "; "
    )
    assert "raj" not in project("log").out.lower()

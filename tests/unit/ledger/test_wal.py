"""A log that lost acknowledged commits is told from one that a power cut left."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from cadence.ledger import open_ledger, open_readonly
from cadence.ledger.wal import what_is_missing
from tests.simulation.plans import plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from pathlib import Path

_FRAME = 4096 + 24


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger as a process leaves it that is killed after a few commits: file, log and the log's index."""
    live = tmp_path / "live" / "ledger.db"
    with open_ledger(str(live)) as ledger:
        ledger.record(plan_of(2, 3, now=NOW), by="ada", at=NOW)
        for name in ("r0", "r1"):
            ledger.claim([name], by="ada", at=NOW, length=timedelta(seconds=30))
        shutil.copytree(live.parent, tmp_path / "left")
    return tmp_path / "left" / "ledger.db"


def log(path: Path) -> Path:
    return path.with_name("ledger.db-wal")


def forget_the_index(path: Path) -> None:
    path.with_name("ledger.db-shm").unlink()


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def in_frame(number: int) -> int:
    """Return a place amid the page that the frame holds."""
    return 32 + (number - 1) * _FRAME + 1000


def frames(path: Path) -> int:
    return (log(path).stat().st_size - 32) // _FRAME


def committed(path: Path) -> list[int]:
    """Return the numbers of the frames that end a commit."""
    content = log(path).read_bytes()
    starts = range(32, len(content), _FRAME)
    return [number for number, at in enumerate(starts, 1) if content[at + 4 : at + 8] != bytes(4)]


def test_a_ledger_as_a_killed_process_leaves_it_lacks_nothing(path: Path) -> None:
    assert frames(path) > 10
    assert what_is_missing(path) is None
    forget_the_index(path)
    assert what_is_missing(path) is None


def test_a_ledger_that_was_closed_has_no_log_and_lacks_nothing(path: Path) -> None:
    open_ledger(str(path)).close()
    assert not log(path).exists()
    assert what_is_missing(path) is None


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without"])
def test_a_bit_that_flips_before_the_last_commits_is_found(path: Path, index: bool) -> None:
    first, *_ = committed(path)
    flip(log(path), in_frame(first + 1))
    if not index:
        forget_the_index(path)
    assert what_is_missing(path) == f"its log 'ledger.db-wal' breaks off after frame {first}"


def test_a_bit_that_flips_in_the_last_commit_is_found_by_the_index(path: Path) -> None:
    *_, before, _last = committed(path)
    flip(log(path), in_frame(frames(path)))
    assert what_is_missing(path) == f"its log 'ledger.db-wal' breaks off after frame {before}"


def test_a_last_commit_that_is_not_whole_may_be_what_a_power_cut_left(path: Path) -> None:
    flip(log(path), in_frame(frames(path)))
    forget_the_index(path)
    assert what_is_missing(path) is None


def test_a_log_that_was_cut_off_is_found_by_the_index(path: Path) -> None:
    first, *_ = committed(path)
    log(path).write_bytes(log(path).read_bytes()[: 32 + first * _FRAME])
    assert what_is_missing(path) == f"its log 'ledger.db-wal' breaks off after frame {first}"


def test_a_log_that_cannot_be_read_is_found(path: Path) -> None:
    flip(log(path), 17)
    assert what_is_missing(path) == "its log 'ledger.db-wal' cannot be read"
    forget_the_index(path)
    assert what_is_missing(path) == "its log 'ledger.db-wal' cannot be read"


def test_a_log_that_was_deleted_is_found_by_the_index(path: Path) -> None:
    log(path).unlink()
    assert what_is_missing(path) == "its log 'ledger.db-wal' cannot be read"


def test_a_file_that_does_not_know_of_its_log_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[18:20] = b"\x01\x01"
    path.write_bytes(content)
    assert what_is_missing(path) == "its header does not know of its log 'ledger.db-wal'"


def test_an_index_that_is_damaged_itself_proves_nothing(path: Path) -> None:
    flip(path.with_name("ledger.db-shm"), 16)
    assert what_is_missing(path) is None


def test_a_ledger_with_a_broken_log_is_refused_and_left_as_it_was(path: Path) -> None:
    flip(log(path), in_frame(2))
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    message = (
        f"ledger '{path}' is damaged: its log 'ledger.db-wal' breaks off after frame 0; restore it from a backup; "
        "without one, move it away and look for what was sent before sending again"
    )
    for opened in (open_ledger, open_readonly):
        with pytest.raises(LedgerError) as raised:
            opened(str(path))
        assert str(raised.value) == message
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before

"""Ledgers as something left them, opened by the next process."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cadence.ledger import Holder, open_ledger
from tests.simulation.laws import broken
from tests.simulation.plans import made_now
from tests.simulation.recording import QUIET_S, Entries, Moment, Recording, apply, at, entries_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - they live for milliseconds: nothing of them need reach a disk
_LONGEST_S = 1_800.0


@contextmanager
def image_folder() -> Iterator[Path]:
    """Make a folder for one image after the other."""
    with TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def laid_out(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Return the ledger of a folder that holds these files and no others."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "ledger.db"


def ledger_of(path: Path, recording: Recording) -> Entries:
    """Return what the next process finds in the ledger."""
    with open_ledger(str(path), holder=Holder(99, "simulated"), gone=lambda _: True) as ledger:
        return entries_in(ledger, recording.keys)


def run_again(path: Path, recording: Recording, moment: Moment) -> list[str]:
    """Return the laws that are broken once the last plan was applied again.

    Raises Standstill where that takes longer than half an hour. One thing nobody can know of afterwards: a Retry-After that was answered, and not noted before the end.
    """
    crm = at(moment, recording.crm, later_s=5.0)
    with open_ledger(str(path), holder=Holder(99, "simulated"), gone=lambda _: True) as ledger:
        plan = made_now(recording.plans[-1], ledger)
    crm.time.last = crm.time.elapsed + _LONGEST_S
    for process in range(100, 105):
        report = apply(path, plan, crm, process=process)
        if not (report.held or report.in_doubt or report.parked):
            break
    return [law for law in broken(crm, plan, quiet_s=QUIET_S) if "Retry-After" not in law and "looked for" not in law]

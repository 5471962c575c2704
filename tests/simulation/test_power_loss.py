"""No power cut takes away what was acknowledged, whichever writes it leaves undone."""

from __future__ import annotations

from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same cuts on every run
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from cadence.ledger import Holder, open_ledger
from tests.simulation.laws import broken
from tests.simulation.recording import QUIET_S, Moment, Recording, apply, at, entries_in, moments, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_IMAGES = 1300  # for each seed
_RUN_AGAIN_EVERY = 50
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - images live for milliseconds: nothing of them need reach a disk


@pytest.fixture
def images() -> Iterator[Path]:
    """A folder for one image after the other."""
    with TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def cut(recording: Recording, folder: Path, *, count: int, seed: int) -> Iterator[tuple[Moment, Path]]:
    """Yield that many moments of the recording, each with a ledger as a power cut may have left it then."""
    chance = Random(seed)  # noqa: S311 - no secret
    for moment in moments(recording, sorted(chance.choices(range(len(recording.events) + 1), k=count))):
        yield moment, laid_out(folder, moment.disk.after_a_power_cut(chance))


def laid_out(folder: Path, files: Mapping[str, bytes]) -> Path:
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "ledger.db"


def lost_in(path: Path, recording: Recording, moment: Moment) -> list[str]:
    """Return what the ledger at *path* fails to hold; a refusal to open is a loss, too."""
    try:
        with open_ledger(str(path), holder=Holder(99, "simulated"), gone=lambda _: True) as ledger:
            return moment.broken(entries_in(ledger, recording.keys))
    except LedgerError as error:
        return [str(error)]


def run_again(path: Path, recording: Recording, moment: Moment) -> list[str]:
    """Return the laws that are broken once the power is back and the plan was applied again.

    One thing nobody can know of afterwards: a Retry-After that was answered, and not noted before the cut.
    """
    crm, plan = at(moment, recording.crm, later_s=5.0), recording.plans[-1]
    for process in range(100, 105):
        report = apply(path, plan, crm, process=process)
        if not (report.held or report.in_doubt or report.parked):
            break
    return [law for law in broken(crm, plan, quiet_s=QUIET_S) if "Retry-After" not in law and "looked for" not in law]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch, figures: Callable[..., None], seed: int
) -> None:
    recording = record(tmp_path, monkeypatch, seed=seed, sizes=[2, 5])
    again = 0
    for number, (moment, path) in enumerate(cut(recording, images, count=_IMAGES, seed=seed)):
        assert lost_in(path, recording, moment) == [], f"image {number}"
        if number % _RUN_AGAIN_EVERY == 0:
            assert run_again(path, recording, moment) == [], f"image {number}"
            again += 1
    figures(f"power loss, seed {seed}", images=_IMAGES, lost=0, run_again=again, doubled=0)


@pytest.mark.slow
@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_with_less_synchronous_commits_the_same_cuts_do_lose(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch, figures: Callable[..., None], synchronous: str
) -> None:
    """The control: else the test above were blind."""
    recording = record(tmp_path, monkeypatch, seed=0, sizes=[2, 5], synchronous=synchronous)
    cuts = cut(recording, images, count=_IMAGES // 4, seed=0)
    lossy = [lost for lost in (lost_in(path, recording, moment) for moment, path in cuts) if lost]
    unknown = [lost for lost in lossy if any("the ledger does not know" in each for each in lost)]
    figures(f"power loss, {synchronous}", images=_IMAGES // 4, lost=len(lossy), sent_and_unknown=len(unknown))
    assert len(lossy) > 30
    assert len(unknown) > 10

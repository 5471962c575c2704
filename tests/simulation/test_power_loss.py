"""No power cut takes away what was acknowledged, whichever writes it leaves undone."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded: the same cuts on every run
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from tests.simulation.images import image_folder, laid_out, ledger_of, run_again
from tests.simulation.recording import Moment, Recording, moments, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_IMAGES = 1260  # for each seed
_RUN_AGAIN_EVERY = 60


def cut(recording: Recording, folder: Path, *, count: int, seed: int) -> Iterator[tuple[Moment, Path]]:
    """Yield that many moments of the recording, each with a ledger as a power cut may have left it then."""
    chance = Random(seed)  # noqa: S311 - no secret
    for moment in moments(recording, sorted(chance.choices(range(len(recording.events) + 1), k=count))):
        yield moment, laid_out(folder, moment.disk.after_a_power_cut(chance))


def lost_in(path: Path, recording: Recording, moment: Moment) -> list[str]:
    """Return what the ledger at *path* fails to hold; a refusal to open is a loss, too."""
    try:
        return moment.broken(ledger_of(path, recording))
    except LedgerError as error:
        return [str(error)]


@pytest.fixture
def images() -> Iterator[Path]:
    with image_folder() as folder:
        yield folder


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
    assert len(unknown) > 3

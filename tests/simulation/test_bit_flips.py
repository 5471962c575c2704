"""A ledger that the disk has damaged is refused, or does no harm."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: the same damage on every run
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from cadence.ledger import rows, sqlite
from tests.simulation.crm import ScriptedCrm
from tests.simulation.images import image_folder, laid_out, ledger_of, run_again
from tests.simulation.plans import plan_of
from tests.simulation.recording import Moment, Recording, apply, script
from tests.simulation.virtual import Standstill, VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.ledger.sqlite import SqliteDatabase

_DAMAGES = 500  # for each seed
_RUN_EVERY = 40
_PAGE = 4096
_REFUSED = re.compile(
    r"(ledger '.*ledger\.db' (is damaged: .+; restore it from a backup; without one, move it away and look for what was "
    r"sent before sending again|cannot be (opened|written); check .+|was written by a newer cadence: .+; upgrade .+)"
    r"|'.*ledger\.db' is a database of another program, expected a ledger; name another one in .+)"
)

Files = dict[str, bytes]


@dataclass(frozen=True)
class Kill:
    """The files that a process left which was killed as a request went out, and what they hold."""

    moment: Moment
    files: Files


def kills(folder: Path, scratch: Path, *, seed: int) -> tuple[Recording, list[Kill]]:
    """Apply two plans, and return what a kill at each request would have left."""
    time = VirtualTime()
    crm = ScriptedCrm(time, script=lambda n: script(n, seed))
    recording = Recording([plan_of(size, 3, now=time.now()) for size in (1, 3)], crm)
    left: list[Kill] = []

    def note(_: str) -> None:
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        left.append(Kill(Moment(elapsed=time.elapsed, posts=len(crm.sent) + 1), files))

    crm.watch = note
    for number, plan in enumerate(recording.plans):
        apply(folder / "ledger.db", plan, crm, process=number)
    for kill in left:
        kill.moment.acknowledged = ledger_of(laid_out(scratch, kill.files), recording)
    return recording, left


def damage(content: bytes, chance: Random) -> tuple[str, bytes]:
    """Return one thing that may happen to a file, and the file after it."""
    changed = bytearray(content)
    place = chance.randrange(len(content))
    match chance.choice(("bit", "bit", "bit", "byte", "sector", "cut", "swap")):
        case "bit":
            changed[place] ^= 1 << chance.randrange(8)
            return "bit", bytes(changed)
        case "byte":
            changed[place] ^= chance.randrange(1, 256)
            return "byte", bytes(changed)
        case "sector":
            begin = place // 512 * 512
            zeros = bytes(len(changed[begin : begin + 512]))
            changed[begin : begin + 512] = zeros
            return "zeroed sector", bytes(changed)
        case "cut":
            return "truncated", content[:place]
        case _:
            return "swapped pages", _swapped(content, chance)


def _swapped(content: bytes, chance: Random) -> bytes:
    """Return the file with two pages, or with two frames of a log, in each other's place."""
    size, begin = (_PAGE, 0) if len(content) % _PAGE == 0 else (_PAGE + 24, 32)
    pages = [content[at : at + size] for at in range(begin, len(content), size)]
    one, other = (chance.randrange(len(pages)) for _ in range(2))
    pages[one], pages[other] = pages[other], pages[one]
    return content[:begin] + b"".join(pages)


def outcome(path: Path, recording: Recording, kill: Kill, *, run: bool) -> str:
    """Return what becomes of a damaged ledger: refused, the same, another one that does no harm, or the harm."""
    try:
        same = ledger_of(path, recording) == kill.moment.acknowledged
        if same and not run:
            return "the same"
        harm = run_again(path, recording, kill.moment)
    except Standstill:
        return "never done"  # it waits for a moment that the damage has put far away
    except LedgerError as error:
        return "refused" if _REFUSED.fullmatch(str(error)) else str(error)
    return "; ".join(harm) or ("the same" if same else "harmless")


def outcomes(folder: Path, scratch: Path, *, seed: int, count: int = _DAMAGES) -> tuple[Counter[str], list[str]]:
    """Damage one file of many kills; return how often what came of it, and each case of harm in words."""
    recording, left = kills(folder, scratch, seed=seed)
    chance = Random(seed)  # noqa: S311 - no secret
    came: Counter[str] = Counter()
    harm = []
    for number in range(count):
        kill = chance.choice(left)
        name = chance.choice(("ledger.db", "ledger.db-wal"))
        what, content = damage(kill.files[name], chance)
        path = laid_out(scratch, kill.files | {name: content})
        result = outcome(path, recording, kill, run=number % _RUN_EVERY == 0)
        if result in ("refused", "the same", "harmless"):
            came[result.replace(" ", "_")] += 1
        else:
            harm.append(f"{number}: {what} in {name}: {result}")
    return came, harm


@pytest.fixture
def images() -> Iterator[Path]:
    with image_folder() as folder:
        yield folder


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_ledger_is_refused_or_does_no_harm(
    tmp_path: Path, images: Path, figures: Callable[..., None], seed: int
) -> None:
    came, harm = outcomes(tmp_path, images, seed=seed)
    figures(f"bit flips, seed {seed}", damaged=_DAMAGES, **came, harm=len(harm))
    assert harm == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # runs that never end are dropped
def test_without_checksums_the_same_damage_does_harm(
    tmp_path: Path, images: Path, figures: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: else the test above were blind."""

    def quick(self: SqliteDatabase, engine: object) -> None:
        pass

    def agree(_values: tuple[object, ...]) -> None:
        pass

    monkeypatch.setattr(sqlite.SqliteDatabase, "check", quick)
    monkeypatch.setattr(sqlite, "what_is_missing", lambda _: None)
    monkeypatch.setattr(rows, "check_sums", agree)
    came, harm = outcomes(tmp_path, images, seed=0, count=_DAMAGES // 4)
    doubled = [each for each in harm if " times" in each]
    lost = [each for each in harm if ": lost" in each]
    figures("bit flips, unchecked", damaged=_DAMAGES // 4, **came, doubled=len(doubled), lost=len(lost))
    assert len(doubled) > 10
    assert len(lost) > 0

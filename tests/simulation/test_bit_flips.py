"""A ledger that the disk has damaged is refused, or does no harm."""

from __future__ import annotations

import re
import sqlite3
import struct
from collections import Counter
from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: the same damage on every run
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError, StalePlanError
from cadence.ledger import open_ledger, reading, rows, sqlite
from tests.simulation.crm import ScriptedCrm
from tests.simulation.images import image_folder, laid_out, ledger_of, run_again
from tests.simulation.plans import TARGET, plan_of
from tests.simulation.recording import Moment, Recording, apply, script
from tests.simulation.virtual import Standstill, VirtualTime
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.ledger.sqlite import SqliteDatabase

_DAMAGES = 500  # for each seed
_RUN_EVERY = 40
_PAGE = 4096
_HIDDEN = 60
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
    except StalePlanError:
        return "refused"  # an enrollment that was hidden from the plan is there
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


def folded(scratch: Path, files: Files) -> Files:
    """Return the same ledger with its log folded into the file."""
    path = laid_out(scratch, files)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return {"ledger.db": path.read_bytes()}


def indexes(path: Path) -> dict[str, int]:
    """Return where the page of each index of entries and enrollments begins; a small one has no other."""
    with sqlite3.connect(path) as connection:
        chosen = (
            "SELECT name, rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('entries', 'enrollments')"
        )
        found = {name: (page - 1) * _PAGE for name, page in connection.execute(chosen)}
    connection.close()
    return found


def hide_one(content: bytes, begin: int, chance: Random) -> bytes:
    """Return the file after the index whose page begins there has lost an entry, and is sound for all else.

    Source: sqlite.org/fileformat2.html, section 1.6: at 3 the number of cells, from 8 where each of them is.
    """
    changed = bytearray(content)
    (cells,) = struct.unpack_from(">H", changed, begin + 3)
    struct.pack_into(">H", changed, begin + 3, cells - 1)
    place = begin + 8 + 2 * chance.randrange(cells)
    end = begin + 8 + 2 * cells
    changed[place : end - 2] = changed[place + 2 : end]
    return bytes(changed)


def hidden_outcomes(folder: Path, scratch: Path, *, count: int) -> tuple[Counter[str], list[str]]:
    """Let an index lose an entry in many kills, apply again; return what came of it as `outcomes` does."""
    recording, left = kills(folder, scratch, seed=0)
    chance = Random(0)  # noqa: S311 - no secret
    came: Counter[str] = Counter()
    harm = []
    for number in range(count):
        kill = chance.choice(left)
        [content] = folded(scratch, kill.files).values()
        name, begin = chance.choice(sorted(indexes(scratch / "ledger.db").items()))
        path = laid_out(scratch, {"ledger.db": hide_one(content, begin, chance)})
        result = outcome(path, recording, kill, run=True)
        if result in ("refused", "the same", "harmless"):
            came[result.replace(" ", "_")] += 1
        else:
            harm.append(f"{number}: hidden from {name}: {result}")
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


@pytest.mark.slow
def test_an_entry_that_an_index_hides_above_the_limit_does_no_harm(
    tmp_path: Path, images: Path, figures: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_CHECKED_BYTES", 0)
    came, harm = hidden_outcomes(tmp_path, images, count=_HIDDEN)
    figures("hidden by an index", damaged=_HIDDEN, **came, harm=len(harm))
    assert harm == []
    assert came["refused"] > _HIDDEN // 4


@pytest.mark.slow
def test_without_the_counts_an_entry_that_an_index_hides_is_not_noticed(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: else the test above were blind."""
    monkeypatch.setattr(sqlite, "_CHECKED_BYTES", 0)
    monkeypatch.setattr(reading, "_compare", lambda *_: None)
    recording, left = kills(tmp_path, images, seed=0)
    chance = Random(0)  # noqa: S311 - no secret
    for kill in left:
        [content] = folded(images, kill.files).values()
        begin = indexes(images / "ledger.db")["entries_enrollment_ix"]
        path = laid_out(images, {"ledger.db": hide_one(content, begin, chance)})
        assert len(ledger_of(path, recording)) == len(kill.moment.acknowledged) - 1


def test_an_entry_that_an_index_hides_is_noticed_in_a_file_too_big_to_be_checked_whole(tmp_path: Path) -> None:
    plan = plan_of(2, 3, now=NOW)
    path = tmp_path / "ledger.db"
    with open_ledger(str(path)) as ledger:
        ledger.record(plan, by="ada", at=NOW)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE changes SET why = hex(zeroblob(17 * 1024 * 1024)) WHERE id = 1")
    connection.commit()
    connection.close()
    assert path.stat().st_size > sqlite._CHECKED_BYTES  # noqa: SLF001 - the limit it is about
    begin = indexes(path)["entries_enrollment_ix"]
    path.write_bytes(hide_one(path.read_bytes(), begin, Random(0)))  # noqa: S311 - no secret
    with open_ledger(str(path)) as ledger:
        for use in (
            lambda: ledger.load(["r0", "r1"]),
            lambda: ledger.history(TARGET, "onboarding", object="client_client", record_id="record-1"),
            lambda: ledger.open_enrollments(TARGET),
            lambda: ledger.record(plan, by="ada", at=NOW),
        ):
            with pytest.raises(LedgerError, match=r"is damaged: enrollment 'r1' has 3 entries, of which 2 are found"):
                use()

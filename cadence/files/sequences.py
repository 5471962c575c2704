"""Sequence files: found by name or path, loaded with the calendars beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cadence.diagnostics import did_you_mean
from cadence.errors import SequenceError
from cadence.files.calendars import SUFFIXES, CalendarFolder, calendars_beside, load_calendars
from cadence.files.reading import read
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.sequence import Sequence
    from cadence.sequence.known import Known
    from cadence.timing.calendar import BusinessCalendar

__all__ = ["GOLDEN_SUFFIXES", "find_sequence", "load_sequence"]

GOLDEN_SUFFIXES = tuple(f".golden{suffix}" for suffix in SUFFIXES)


def load_sequence(
    path: Path | str,
    *,
    calendars: Mapping[str, BusinessCalendar] | Path | str | None = None,
    known: Known | None = None,
) -> Sequence:
    """Return the sequence of a file.

    `calendars` is a mapping by name, or a folder; by default the folder `calendars` beside the file, or one level up.
    Raises SequenceError with all findings.
    """
    file = Path(path)
    found = load_calendars(calendars) if isinstance(calendars, (str, Path)) else calendars
    source = read(file)
    if found is None:
        found = calendars_beside(file)
    lock = found.lock if isinstance(found, CalendarFolder) else None
    return parse_sequence(source, path=str(path), calendars=found, known=known, lock=lock)


def find_sequence(name: str | Path, folder: Path | str = "sequences") -> Path:
    """Return the path of the sequence that *name* means: a path, or a file of *folder*, with or without its suffix.

    Raises SequenceError, saying which file was probably meant.
    """
    path = Path(name)
    candidates = [place / f"{path}{suffix}" for place in (Path(), Path(folder)) for suffix in ("", *SUFFIXES)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    if path.is_dir():
        raise SequenceError(f"{path} is a directory", hint="name a sequence file in it")
    raise SequenceError(f"there is no sequence '{name}', here or in {folder}/", hint=_meant(path, Path(folder)))


def _meant(path: Path, folder: Path) -> str:
    files = [file for place in (path.parent, folder) if place.is_dir() for file in place.iterdir()]
    names = {file.name.removesuffix(file.suffix) for file in files if _is_sequence(file)}
    hint = did_you_mean(path.name.removesuffix(path.suffix), names)
    return hint or "name a YAML file, or run `cadence init` for an example"


def _is_sequence(file: Path) -> bool:
    return file.suffix in SUFFIXES and not file.name.endswith(GOLDEN_SUFFIXES) and file.is_file()

"""A text file, looked over as a whole before its first line is used."""

from __future__ import annotations

import codecs
import hashlib
from typing import TYPE_CHECKING

from cadence.errors import PlanError
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Survey", "changed", "check_regular", "read_twice", "survey", "unreadable"]

_BLOCK = 1 << 20
_ENCODING = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look over a file found: the SHA-256 of its bytes, and how many lines it has."""

    digest: str
    lines: int


def survey(path: Path, *, is_text: bool = True) -> Survey:
    """Read the whole of *path* once, a block at a time.

    A file that breaks off its encoding in the last line is refused here, before anything is done about the first.
    Raises PlanError for a file that is not there, no regular one, empty, or (where it *is_text*) not UTF-8, naming the
    line and byte.
    """
    check_regular(path)
    digest, lines, offset, last = hashlib.sha256(), 0, 0, b""
    decoder = codecs.getincrementaldecoder(_ENCODING)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if is_text:
                    _check(path, decoder, block, lines=lines, offset=offset)
                digest.update(block)
                lines += block.count(b"\n")
                offset += len(block)
                last = block[-1:]
    except OSError as error:
        raise unreadable(path, error) from None
    if not offset:
        raise PlanError(f"{path}: the file is empty", hint="expected a row for each record")
    if is_text:
        _check(path, decoder, b"", lines=lines, offset=offset, final=True)
    return Survey(digest.hexdigest(), lines + (last != b"\n"))


def check_regular(path: Path) -> None:
    """Raise PlanError for a pipe or a device: what is read from it once is gone."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise read_twice(path)


def read_twice(path: Path) -> PlanError:
    """Return the error for what cannot be read from its beginning again."""
    hint = "save them in a file first, as in people.csv"
    return PlanError(f"{path}: is no regular file, and the rows are read twice", hint=hint)


def unreadable(path: Path, error: OSError) -> PlanError:
    """Return the error for a file that cannot be read."""
    return PlanError(f"{path}: cannot be read: {error.strerror or error}", hint="check the path")


def changed(path: Path) -> PlanError:
    """Return the error for a file that is no longer what it was when it was looked over."""
    return PlanError(f"{path}: the file changed while it was read", hint="leave it as it is until the run is over")


def _check(
    path: Path, decoder: codecs.IncrementalDecoder, block: bytes, *, lines: int, offset: int, final: bool = False
) -> None:
    kept = decoder.getstate()[0]
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        line = lines + 1 + error.object[: error.start].count(b"\n")
        byte = offset - len(kept) + error.start
        raise PlanError(
            f"{path}:{line}: byte {byte} is not UTF-8", hint="save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
        ) from None

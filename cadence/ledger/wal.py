"""Whether a write-ahead log still holds all that was acknowledged.

SQLite takes a log for ended where a checksum fails, as it must after a power cut, and drops what comes after it without
a word: acknowledged commits, where a bit has flipped. Two things tell a commit that is missing from one that never was.
The log's index in `-shm` counts a commit only once it is on the disk. And when the power goes, one transaction at most
is not on the disk, so a log that goes on beyond a commit behind its break was whole.

Source: sqlite.org/walformat.html. Must be asked before SQLite opens the file, which makes a new index.
"""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["what_is_missing"]

_BOUND = 64 * 1024 * 1024  # a longer log is not read here
_HEADER, _FRAME, _INDEX = 32, 24, 136
_MAGIC = 0x377F0682  # the last bit says in which order the checksums read the bytes
_WORD = 0xFFFFFFFF
_HAS_LOG = b"\x02\x02"  # the file's formats for writing and for reading, at its offset 18


class _Index(NamedTuple):
    """How many frames were committed, and how many of them are in the file already."""

    frames: int
    saved: int
    salts: bytes


class _Log(NamedTuple):
    """How many frames SQLite would find committed, and whether there is another commit behind them."""

    salts: bytes
    committed: int
    goes_on: bool


def what_is_missing(path: Path) -> str | None:
    """Return what is wrong with the log of the SQLite file at *path*, in words; None where nothing is known to be."""
    seen = _look(path)
    still = seen and _look(path)  # a run may be writing meanwhile, but damage stays what it is
    return seen if seen == still else None


def _look(path: Path) -> str | None:
    name = path.name + "-wal"
    index = _index(_read(path.with_name(path.name + "-shm"), _INDEX))  # first: the log never falls behind it
    content = _read(path.with_name(name), _BOUND + 1)
    if len(content) > _BOUND:
        return None
    log = _log(content)
    if log is None:
        unsaved = index is not None and index.frames > index.saved
        return f"its log '{name}' cannot be read" if unsaved or len(content) > _HEADER else None
    if log.goes_on or (index is not None and index.salts == log.salts and index.frames > log.committed):
        return f"its log '{name}' breaks off after frame {log.committed}"
    return _unheard(path) if log.committed else None


def _unheard(path: Path) -> str | None:
    """Return what is wrong where the file itself does not say that it has a log: SQLite would not read it."""
    return None if _read(path, 20)[18:] == _HAS_LOG else f"its header does not know of its log '{path.name}-wal'"


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:  # not there, or not ours to read: then SQLite cannot read it either, and says so
        return b""


def _index(content: bytes) -> _Index | None:
    """Return what the index says, None where it is not whole: its header is there twice, with a checksum."""
    header, again = content[:48], content[48:96]
    if len(content) < _INDEX or header != again or not header[12]:
        return None
    if _sum(header[:40], sys.byteorder, (0, 0)) != struct.unpack("=2I", header[40:]):
        return None
    (frames,), (saved,) = struct.unpack_from("=I", header, 16), struct.unpack_from("=I", content, 96)
    return _Index(frames, saved, header[32:40])


def _log(content: bytes) -> _Log | None:
    """Return how far the log can be followed, None where its header cannot be read."""
    if len(content) < _HEADER:
        return None
    magic, _, page, _ = struct.unpack_from(">4I", content)
    order = "big" if magic & 1 else "little"
    state = _sum(content[:24], order, (0, 0))
    if magic & ~1 != _MAGIC or state != _stored(content, _HEADER):
        return None
    salts, committed, goes_on = content[16:24], 0, False
    frames = _frames(content, page)
    for number, frame in frames:
        if not _follows(frame, state, order, salts):
            goes_on = _has_another_commit(frames, frame, order, salts)
            break
        state = _stored(frame, _FRAME)
        committed = number if _commits(frame) else committed
    return _Log(salts, committed, goes_on)


def _has_another_commit(frames: Iterator[tuple[int, bytes]], broken: bytes, order: str, salts: bytes) -> bool:
    """Return whether the log goes on beyond a commit behind the *broken* frame.

    Each frame's checksum begins with that of the one before it, so the chain can be taken up again behind a break.
    """
    before, commits = broken, False
    for _, frame in frames:
        if commits and frame[8:16] == salts:
            return True
        commits = commits or (_follows(frame, _stored(before, _FRAME), order, salts) and _commits(frame))
        before = frame
    return False


def _follows(frame: bytes, state: tuple[int, int], order: str, salts: bytes) -> bool:
    return frame[8:16] == salts and _sum(frame[:8] + frame[_FRAME:], order, state) == _stored(frame, _FRAME)


def _commits(frame: bytes) -> bool:
    return frame[4:8] != bytes(4)


def _stored(content: bytes, end: int) -> tuple[int, int]:
    """Return the checksum that stands before *end*."""
    first, second = struct.unpack_from(">2I", content, end - 8)
    return first, second


def _frames(content: bytes, page: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number, from 1, and the bytes of each whole frame."""
    size = _FRAME + page
    for number, start in enumerate(range(_HEADER, len(content) - size + 1, size), 1):
        yield number, content[start : start + size]


def _sum(content: bytes, order: str, state: tuple[int, int]) -> tuple[int, int]:
    words = struct.unpack(f"{'>' if order == 'big' else '<'}{len(content) // 4}I", content)
    first, second = state
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & _WORD
        second = (second + two + first) & _WORD
    return first, second

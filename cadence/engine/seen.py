"""Which records were named before: kept on disk, so that it may be any number of them."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Seen"]

_CACHE_KIB = 8192
_MANY = 500


class Seen:
    """Remembers on which row a name came first. Belongs to one thread; nothing is left behind when it is closed.

    A set of ten million names would take a gigabyte; this takes eight megabytes, and a temporary file of SQLite's with
    some 30 bytes a name. A name is remembered by 64 bits of its digest: that two of ten million share them happens in
    three files of a million, and then the report names the row that was left out.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute("CREATE TABLE seen (name INTEGER PRIMARY KEY, first INTEGER)")
        self._database.execute("BEGIN")  # never ended: a commit would only cost

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._database.close()

    def first_rows(self, names: Sequence[str], rows: Sequence[int]) -> dict[int, int]:
        """Remember *names*, which came on *rows*; return the first row of each name that came before, by its row."""
        keys = [_digest(name) for name in names]
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", zip(keys, rows, strict=True))
        if self._database.total_changes - before == len(keys):
            return {}
        first = dict(self._first(keys))
        return {row: first[key] for key, row in zip(keys, rows, strict=True) if first[key] != row}

    def _first(self, keys: Sequence[int]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            marks = ",".join("?" * len(some))
            yield from self._database.execute(f"SELECT name, first FROM seen WHERE name IN ({marks})", some)  # noqa: S608 - marks only


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)

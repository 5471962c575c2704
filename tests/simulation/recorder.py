"""SQLite over a file system that writes down every operation: apsw's, behind the face of sqlite3 that SQLAlchemy knows.

The module sqlite3 has no way to put a file system of one's own beneath it. apsw has, with a SQLite of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from tests.simulation.disk import Made, Operation, Removed, Resized, Synced, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Note = Callable[[Operation], None]

_CARRIES_NAMES = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL


class RecordingVfs(apsw.VFS):
    """The system's own file system, with a note of what changes a file. Shared memory is not noted: nothing syncs it."""

    def __init__(self, name: str, note: Note) -> None:
        super().__init__(name, base="")
        self.name = name
        self._note = note

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return super().xOpen(name, flags)
        if not Path(path).exists():
            self._note(Made(Path(path).name, bool(flags[0] & _CARRIES_NAMES)))
        return _RecordedFile(Path(path).name, (name, flags), self._note)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self._note(Removed(Path(filename).name, synced=bool(syncdir)))


class _RecordedFile(apsw.VFSFile):
    def __init__(self, name: str, opened: tuple[Any, list[int]], note: Note) -> None:
        super().__init__("", *opened)
        self._name = name
        self._note = note

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._note(Written(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._note(Resized(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._note(Synced(self._name))


class Connection:
    """What SQLAlchemy asks of a connection of sqlite3."""

    isolation_level = None

    def __init__(self, path: str, vfs: str) -> None:
        self._connection = apsw.Connection(path, vfs=vfs)
        self._connection.set_busy_timeout(5000)

    def cursor(self) -> Cursor:
        return Cursor(self._connection)

    def execute(self, statement: str) -> Cursor:
        return self.cursor().execute(statement)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def close(self) -> None:
        self._connection.close()

    def create_function(self, name: str, _arguments: int, function: Callable[..., Any], **_: Any) -> None:
        self._connection.create_scalar_function(name, function)

    def _end(self, how: str) -> None:
        if self._connection.in_transaction:
            self._connection.execute(how)


class Cursor:
    """A cursor of sqlite3: all rows are read at once."""

    lastrowid = None

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        cursor = self._connection.cursor()
        cursor.exec_trace = self._describe
        before = self._connection.total_changes()
        self._rows = [tuple(row) for row in cursor.execute(statement, tuple(values))]
        self.rowcount = self._connection.total_changes() - before
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        before = self._connection.total_changes()
        for row in rows:
            self.execute(statement, row)
        self.rowcount = self._connection.total_changes() - before
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        self._rows = []

    def _describe(self, cursor: apsw.Cursor, _statement: str, _values: Any) -> bool:
        columns = cursor.get_description()
        self.description = [(name, None, None, None, None, None, None) for name, *_ in columns] or None
        return True

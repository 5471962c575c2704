"""Where a simulated ledger lives: in a real file, or in memory, which a thousand runs can afford.

Both are the real ledger over the real SQLite. A crash comes between two calls and so never within a transaction: what
was committed stays, whichever of the two it is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cadence.ledger import open_ledger
from cadence.ledger.ledger import Ledger
from cadence.ledger.location import SqliteFile
from cadence.ledger.migrate import prepare
from cadence.ledger.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from cadence.ledger import Holder


_BALLAST = """
CREATE TABLE ballast (of BLOB);
CREATE TRIGGER of_a_lease AFTER INSERT ON leases BEGIN INSERT INTO ballast VALUES (zeroblob(9000)); END;
CREATE TRIGGER of_a_renewal AFTER UPDATE ON leases BEGIN INSERT INTO ballast VALUES (zeroblob(9000)); END;
CREATE TRIGGER of_an_entry AFTER INSERT ON entries BEGIN INSERT INTO ballast VALUES (zeroblob(9000)); END;
"""


class Store(Protocol):
    """A ledger that outlives the processes which open it."""

    def opened(self, holder: Holder, gone: Callable[[Holder], bool]) -> AbstractContextManager[Ledger]:
        """Return the ledger as *holder* opens it."""
        ...

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what is committed, past the ledger's own code."""
        ...


class FileStore:
    """A file, opened anew by each process and read by a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def opened(self, holder: Holder, gone: Callable[[Holder], bool]) -> AbstractContextManager[Ledger]:
        return open_ledger(str(self.path), holder=holder, gone=gone)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query, values).fetchall()


class MemoryStore:
    """One connection to a database in memory, for one history after the other; `clear` begins a new one.

    With `ballast` every commit needs room, as one does that is appended to a log.
    """

    def __init__(self, *, ballast: bool = False) -> None:
        self._database = SqliteDatabase(SqliteFile(Path(":memory:")))
        self._engine = self._database.writer()
        raw = self._engine.raw_connection().driver_connection
        assert isinstance(raw, sqlite3.Connection)
        self._raw = raw
        with self._engine.connect() as connection, connection.begin():
            prepare(connection, self._database)
        if ballast:
            self._raw.executescript(_BALLAST)
        self._fresh = sqlite3.connect(":memory:", check_same_thread=False)
        self._raw.backup(self._fresh)

    def clear(self) -> None:
        self._fresh.backup(self._raw)

    def fill(self) -> None:
        """Leave no page more than there is."""
        (pages,) = self._raw.execute("PRAGMA page_count").fetchone()
        self._raw.execute(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        self._raw.execute("PRAGMA max_page_count = 1073741823")

    @contextmanager
    def opened(self, holder: Holder, gone: Callable[[Holder], bool]) -> Iterator[Ledger]:
        yield Ledger(self._engine, self._database, holder=holder, gone=gone)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        assert not self._raw.in_transaction, "a transaction was left open"
        return self._raw.execute(query, values).fetchall()

    def close(self) -> None:
        self._engine.dispose()
        self._fresh.close()

"""A ledger in a SQLite file: every commit is on the disk before it is acknowledged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, inspect
from sqlalchemy.pool import QueuePool

from cadence.errors import LedgerError
from cadence.ledger.faults import damaged
from cadence.ledger.holder import this_boot
from cadence.ledger.rates import Ticks
from cadence.ledger.schema import APPLICATION_ID, VERSION_TABLE
from cadence.ledger.wal import what_is_missing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from cadence.ledger.location import SqliteFile

__all__ = ["BUSY_S", "SqliteDatabase"]

BUSY_S = 5.0  # how long a commit waits for the lock; sqlite3 sets SQLite's busy_timeout by it
_CHECKED_BYTES = 32 * 1024 * 1024
_WRITING = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged commits when the power goes
    "PRAGMA fullfsync = ON",  # macOS: fsync alone leaves it in the drive's cache
)
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_KINDS = {
    "SQLITE_BUSY": ("is locked by another program", "wait for it to end, or stop it"),
    "SQLITE_LOCKED": ("is locked by another program", "wait for it to end, or stop it"),
    "SQLITE_READONLY": ("cannot be written", "check the permissions of the file and of its folder"),
    "SQLITE_PERM": ("cannot be written", "check the permissions of the file and of its folder"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check the path and the permissions of the file and of its folder"),
    "SQLITE_FULL": ("cannot grow: the disk is full", "make room; nothing was sent that is not in the ledger"),
    "SQLITE_IOERR": ("cannot be read or written: the disk reports an error", "check the disk and the file system"),
}


class SqliteDatabase:
    """A SQLite file and what is special about it."""

    def __init__(self, location: SqliteFile) -> None:
        self._location = location
        self._path = location.path

    def __str__(self) -> str:
        return str(self._path)

    def is_missing(self) -> bool:
        """Return whether the file is not there, or is empty."""
        return not self._location.is_there()

    def writer(self) -> Engine:
        """Return an engine whose transactions take the write lock at their beginning, so that none fails midway.

        Makes the folder. Raises LedgerError where that cannot be, and where the log has lost what was acknowledged.
        """
        self._make_folder()
        self._check_log()
        return _engine(lambda: _connect(str(self._path)), pragmas=_WRITING, begin="BEGIN IMMEDIATE")

    def reader(self) -> Engine:
        """Return an engine that neither writes the ledger nor leaves files beside it.

        Without a write-ahead log nobody has it open, and `immutable` keeps SQLite from making one; with a log, the log
        is read too. Raises LedgerError where that has lost what was acknowledged.
        """
        self._check_log()
        log = self._path.with_name(self._path.name + "-wal")
        mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
        uri = f"{self._path.absolute().as_uri()}?{mode}"
        return _engine(lambda: _connect(uri, uri=True), pragmas=(), begin="BEGIN")

    def check(self, engine: Engine) -> None:
        """Read the whole file through SQLite's own check while that is quick; a bigger one is checked as it is read.

        `quick_check` would be three times as quick, and would not compare the indexes with the tables.
        """
        if not self._path.exists() or self._path.stat().st_size > _CHECKED_BYTES:
            return
        with engine.connect().execution_options(reading=True) as connection:
            verdict = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        if verdict != "ok":
            raise damaged(self, verdict.splitlines()[-1])  # its first line names the database "main"

    def _check_log(self) -> None:
        lack = what_is_missing(self._path)
        if lack:
            raise damaged(self, lack)

    def is_empty(self, connection: Connection) -> bool:
        """Return whether there are no tables in a file that is nobody else's."""
        return not inspect(connection).get_table_names() and _application_id(connection) in (0, APPLICATION_ID)

    def is_ours(self, connection: Connection) -> bool:
        """Return whether the file's header and its tables are those of a ledger."""
        return _application_id(connection) == APPLICATION_ID and inspect(connection).has_table(VERSION_TABLE)

    def settle_in(self, engine: Engine) -> None:
        """Have commits append to a log, so that readers and the writer do not wait for each other."""
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - just connected
            raw.execute("PRAGMA journal_mode = WAL")

    def make_room(self, connection: Connection) -> None:
        """Write into the header whose file this is."""
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    def clock(self, _connection: Connection) -> None:
        """Return None: SQLite has no clock of its own."""
        return

    def ticks(self, _connection: Connection, monotonic: float) -> Ticks:
        """Return the machine's clock that never steps, which all that share the file have in common."""
        return Ticks(int(monotonic * 1_000_000), this_boot())

    def is_busy(self, error: BaseException | None) -> bool:
        """Return whether the file was locked by somebody else for too long."""
        return _kind(error) in _BUSY

    def explain(self, error: BaseException | None) -> LedgerError:
        """Return what SQLite complains of; what is not known to be harmless counts as damage."""
        kind = _kind(error)
        if kind in _KINDS:
            what, hint = _KINDS[kind]
            return LedgerError(f"ledger '{self}' {what}", hint=hint)
        return damaged(self, str(error))

    def _make_folder(self) -> None:
        folder = self._path.parent.absolute()
        new = [each for each in (folder, *folder.parents) if not each.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"folder '{self._path.parent}' of the ledger cannot be made: {error.strerror}",
                hint="check the path and its permissions, or name another ledger",
            ) from error
        for each in new:
            _sync_names(each.parent)


def _sync_names(folder: Path) -> None:
    """Bring what was made in the folder to the disk; SQLite does so for the files in a folder, not for the folder."""
    with suppress(OSError):  # not every system opens a folder, and not every file system can do it
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _connect(database: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(database, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=uri)


def _engine(connect: Callable[[], sqlite3.Connection], *, pragmas: tuple[str, ...], begin: str) -> Engine:
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def take_lock(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else begin)

    return engine


def _application_id(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA application_id").scalar() or 0)


def _kind(error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])

"""Connections to a SQLite ledger: every commit is on the disk before it is acknowledged."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from cadence.ledger.location import Location

__all__ = ["BUSY_S", "read_only_engine", "read_write_engine"]

BUSY_S = 5.0  # how long a commit waits for the lock; sqlite3 sets SQLite's busy_timeout by it
_WRITING = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged commits when the power goes
    "PRAGMA fullfsync = ON",  # macOS: fsync alone leaves it in the drive's cache
)


def read_write_engine(location: Location) -> Engine:
    """Return an engine whose transactions take the write lock at their beginning, so that none fails midway."""
    return _engine(lambda: _connect(str(location.path)), pragmas=_WRITING, begin="BEGIN IMMEDIATE")


def read_only_engine(location: Location) -> Engine:
    """Return an engine that neither writes the ledger nor leaves files beside it.

    Without a write-ahead log nobody has it open, and `immutable` keeps SQLite from making one; with a log, the log is
    read too.
    """
    log = location.path.with_name(location.path.name + "-wal")
    mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    uri = f"{location.path.absolute().as_uri()}?{mode}"
    return _engine(lambda: _connect(uri, uri=True), pragmas=(), begin="BEGIN")


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

"""A store in a SQLite file: every commit is on the disk before it is acknowledged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from cadence.errors import TargetError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

__all__ = ["is_writable", "sqlite_engine", "sqlite_reader", "sqlite_refusal"]

_BUSY_MS = 10_000
_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)
_ELSEWHERE = "choose another place with `url` in [targets.local], or --db"


def sqlite_engine(address: URL) -> Engine:
    """Return an engine on the file at *address*; its folder is made. Raises TargetError where that cannot be."""
    _check_path(Path(str(address.database)))
    # Parameters hold notes and digests of keys; an error's text, which is logged, must not.
    engine = create_engine(address, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def sqlite_reader(address: URL) -> Engine:
    """Return an engine that reads the file at *address* and leaves everything as it is.

    Without a write-ahead log SQLite would have to make one; `immutable` keeps it from that.
    """
    path = Path(str(address.database)).absolute()
    mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "mode=ro&immutable=1"
    engine = create_engine(f"sqlite:///{path.as_uri()}?{mode}&uri=true", hide_parameters=True)
    event.listen(engine, "connect", _begin_by_hand)
    event.listen(engine, "begin", _begin)
    return engine


def is_writable(address: URL) -> bool:
    """Return whether this process may write what is at *address*: the file, and its log beside it."""
    path = Path(str(address.database))
    return not path.is_file() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def sqlite_refusal(text: str, shown: str) -> TargetError:
    """Return what SQLite's complaint *text* means for those who open the store *shown*."""
    if "locked" in text or "busy" in text:
        return TargetError(f"store '{shown}' is locked by another program", hint="end that program, or wait for it")
    if "readonly" in text or "unable to open" in text:
        return TargetError(
            f"store '{shown}' may not be written ({text})",
            hint="give yourself write permission on it and on its folder",
        )
    if "not a database" in text or "malformed" in text:
        return TargetError(
            f"store '{shown}' is damaged ({text})", hint="restore it from a backup, or move it away to begin a new one"
        )
    return TargetError(f"store '{shown}' cannot be opened ({text})", hint="check the file and its disk")


def _check_path(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"store '{path}': its folder cannot be made ({error.strerror})", hint=_ELSEWHERE) from None
    if path.is_dir():
        raise TargetError(f"store '{path}' is a folder, not a file", hint=_ELSEWHERE)
    blocked = path if path.exists() else path.parent
    if not os.access(blocked, os.W_OK):
        raise TargetError(f"store '{path}' may not be written", hint=f"give yourself write permission on '{blocked}'")


def _begin_by_hand(connection: DBAPIConnection, _record: Any) -> None:
    # The driver would begin transactions by itself, and late; `_begin` does it, so that a write locks at once.
    connection.isolation_level = None


def _configure(connection: DBAPIConnection, record: Any) -> None:
    _begin_by_hand(connection, record)
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""Opening a store: made where there is none, brought up to date, or refused with the way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from cadence.errors import TargetError
from cadence.server.store.revision import bring_to_head
from cadence.server.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

__all__ = ["open_store"]

_BUSY_MS = 10_000
_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


def open_store(url: str) -> Store:
    """Return the store at *url*, `sqlite:///path` or `postgresql://...`, created or migrated where needed.

    Raises TargetError for one that is damaged, newer than this program, locked, or that may not be written.
    """
    address = _address(url)
    engine = _engine(address)
    shown = address.render_as_string(hide_password=True)
    try:
        bring_to_head(engine, shown)
    except DatabaseError as error:
        engine.dispose()
        raise _refusal(error, shown) from None
    except TargetError:
        engine.dispose()
        raise
    return Store(engine)


def _address(url: str) -> URL:
    hint = "write it as sqlite:///FOLDER/activities.db or postgresql://USER@HOST/DATABASE"
    try:
        address = make_url(url)
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise TargetError("the store's url cannot be read", hint=hint) from None
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise TargetError("the store needs a file: nothing kept in memory survives a crash", hint=hint)
    return address


def _engine(address: URL) -> Engine:
    # Parameters hold notes and digests of keys; an error's text, which is logged, must not.
    if address.get_backend_name() != "sqlite":
        return create_engine(address, hide_parameters=True)
    _check_path(Path(str(address.database)))
    engine = create_engine(address, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _check_path(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(
            f"store '{path}': its folder cannot be made ({error.strerror})",
            hint="choose another place with `url` in [targets.local]",
        ) from None
    if path.is_dir():
        raise TargetError(
            f"store '{path}' is a folder, not a file", hint="choose another place with `url` in [targets.local]"
        )
    blocked = path if path.exists() else path.parent
    if not os.access(blocked, os.W_OK):
        raise TargetError(f"store '{path}' may not be written", hint=f"give yourself write permission on '{blocked}'")


def _configure(connection: DBAPIConnection, _record: Any) -> None:
    # The driver would begin transactions by itself, and late; `_begin` does it, so that a write locks at once.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refusal(error: DatabaseError, shown: str) -> TargetError:
    text = str(error.orig)
    if "locked" in text or "busy" in text:
        return TargetError(f"store '{shown}' is locked by another program", hint="end that program, or wait for it")
    if "readonly" in text or "unable to open" in text:
        return TargetError(f"store '{shown}' may not be written ({text})", hint="give yourself write permission on it")
    if "not a database" in text or "malformed" in text:
        return TargetError(
            f"store '{shown}' is damaged ({text})", hint="restore it from a backup, or move it away to begin a new one"
        )
    return TargetError(f"store '{shown}' cannot be opened ({text})", hint="check that its database is running")

"""Opening a store: made where there is none, brought up to date, or refused with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from cadence.errors import TargetError
from cadence.server.store.revision import bring_to_head, check_head
from cadence.server.store.sqlite import is_writable, sqlite_engine, sqlite_reader, sqlite_refusal
from cadence.server.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

__all__ = ["is_same_store", "open_store"]

_HINT = "write it as sqlite:///FOLDER/activities.db or postgresql://USER@HOST/DATABASE"


def open_store(url: str, *, reading: bool = False) -> Store:
    """Return the store at *url*, created or migrated where needed.

    That is `sqlite:///path` or `postgresql://user@host/database`, where `?schema=` names another schema than
    `cadence_service`. Who is only *reading* may open a file without the permission to write it. Raises TargetError for
    one that is damaged, newer than this program, locked, out of reach, or that may not be written.
    """
    address = _address(url)
    shown = _shown(address)
    if address.get_backend_name() == "sqlite":
        engine = _file(address, shown, reading=reading)
        return Store(engine, reading=engine, url=url)
    from cadence.server.store.postgres import postgres_engine, schema_of, snapshots  # noqa: PLC0415 - where it is used

    engine = postgres_engine(address)
    _prepare(engine, lambda: bring_to_head(engine, shown, schema=schema_of(address)), shown, is_postgres=True)
    return Store(engine, reading=snapshots(engine), url=url)


def is_same_store(url: str, other: str) -> bool:
    """Return whether both urls are of one store, however its file is written."""
    return url == other or _place(url) == _place(other)


def _place(url: str) -> URL:
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        return address
    return address.set(database=str(Path(address.database or "").resolve()))


def _file(address: URL, shown: str, *, reading: bool) -> Engine:
    if reading and not is_writable(address):
        engine = sqlite_reader(address)
        _prepare(engine, lambda: check_head(engine, shown), shown)
        return engine
    engine = sqlite_engine(address)
    _prepare(engine, lambda: bring_to_head(engine, shown), shown)
    return engine


def _prepare(engine: Engine, prepare: Callable[[], None], shown: str, *, is_postgres: bool = False) -> None:
    try:
        prepare()
    except DatabaseError as error:
        engine.dispose()
        raise _refusal(error, shown, is_postgres=is_postgres) from None
    except TargetError:
        engine.dispose()
        raise


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise TargetError("the store's url cannot be read", hint=_HINT) from None
    if backend not in ("sqlite", "postgresql"):
        raise TargetError(f"the store's url is of the scheme '{backend}', expected SQLite or PostgreSQL", hint=_HINT)
    if backend == "sqlite" and address.database in (None, "", ":memory:"):
        raise TargetError("the store needs a file: nothing kept in memory survives a crash", hint=_HINT)
    return address


def _shown(address: URL) -> str:
    """Return the address without a password, which the query may hold as well."""
    kept = {name: value for name, value in address.query.items() if name == "schema"}
    return address.set(query=kept).render_as_string(hide_password=True)


def _refusal(error: DatabaseError, shown: str, *, is_postgres: bool) -> TargetError:
    if not is_postgres:
        return sqlite_refusal(str(error.orig), shown)
    from cadence.server.store.postgres import postgres_refusal  # noqa: PLC0415 - only where it is used

    return postgres_refusal(error.orig, shown)

"""Open a ledger, or refuse it with the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.errors import LedgerError, OlderLedger
from cadence.ledger.holder import is_gone
from cadence.ledger.location import Location, SqliteFile, locate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from cadence.ledger.database import Database
    from cadence.ledger.holder import Holder
    from cadence.ledger.ledger import Ledger

__all__ = ["open_ledger", "open_readonly"]

_SKEW = timedelta(seconds=5)


def open_ledger(
    url: str,
    *,
    create: bool = True,
    holder: Holder | None = None,
    gone: Callable[[Holder], bool] = is_gone,
    skew: timedelta | None = _SKEW,
) -> Ledger:
    """Return the ledger at *url*, made where there is none, migrated where it is older.

    *holder* is who takes leases through it, by default this process; *gone* tells which holders live no more. *skew* is
    by how much the clock of a run may differ from that of the ledger's server, None for any. Raises LedgerError where
    it is damaged, newer than this program, of another program, locked, out of reach or not writable.
    """
    database = _database(_located(url))
    if not create and database.is_missing():
        raise _no_ledger(database)
    from cadence.ledger.faults import explained  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.ledger import Ledger  # noqa: PLC0415 - the same

    engine = database.writer()
    try:
        with explained(database):
            _prepare(engine, database, create=create)
    except LedgerError:
        engine.dispose()
        raise
    return Ledger(engine, database, holder=holder, gone=gone, skew=skew)


def open_readonly(url: str) -> Ledger | None:
    """Return the ledger at *url* for reading, None where there is none; nothing is made or written.

    Raises LedgerError as open_ledger does, and for one that is older than this program and would have to be migrated.
    """
    location = _located(url)
    if isinstance(location, SqliteFile) and not location.is_there():
        return None
    database = _database(location)
    from cadence.ledger.faults import explained  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.ledger import Ledger  # noqa: PLC0415 - the same

    engine = database.reader()
    try:
        with explained(database):
            if _is_empty(engine, database):
                engine.dispose()
                return None
            _check_readable(engine, database)
    except LedgerError:
        engine.dispose()
        raise
    return Ledger(engine, database)


def _located(url: str) -> Location:
    location = locate(url)
    if isinstance(location, SqliteFile) and location.path.is_dir():
        raise LedgerError(f"ledger '{location}' is a folder", hint="name a file in it")
    return location


def _database(location: Location) -> Database:
    if isinstance(location, SqliteFile):
        from cadence.ledger.sqlite import SqliteDatabase  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger

        return SqliteDatabase(location)
    from cadence.ledger.postgres import PostgresDatabase  # noqa: PLC0415 - the same

    return PostgresDatabase(location)


def _prepare(engine: Engine, database: Database, *, create: bool) -> None:
    from cadence.ledger.migrate import check_owner, is_current, prepare  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger

    database.check(engine)
    if not create and _is_empty(engine, database):
        raise _no_ledger(database)
    with engine.connect().execution_options(reading=True) as connection:
        check_owner(connection, database)
        is_ready = is_current(connection, database)
    database.settle_in(engine)
    if is_ready:
        return  # without asking for the lock: who holds it is told where something is to be written
    with engine.connect().execution_options(alone=True) as connection, connection.begin():
        prepare(connection, database)


def _no_ledger(database: Database) -> LedgerError:
    return LedgerError(f"no ledger at '{database}'", hint="`cadence apply` makes one")


def _is_empty(engine: Engine, database: Database) -> bool:
    """Return whether there are no tables, as where a run died after it made the file and before it made the tables."""
    with engine.connect().execution_options(reading=True) as connection:
        return database.is_empty(connection)


def _check_readable(engine: Engine, database: Database) -> None:
    from cadence.ledger.migrate import check_owner, check_version  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.schema import HEAD  # noqa: PLC0415 - the same

    with engine.connect() as connection:
        check_owner(connection, database)
        version = check_version(connection, database)
    if version != HEAD:
        raise OlderLedger(
            f"ledger '{database}' was written by an older cadence: its schema is '{version}', expected '{HEAD}'",
            hint="`cadence apply` brings it up to date",
        )

"""Open a ledger, or refuse it with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import LedgerError, OlderLedger
from cadence.ledger.holder import is_gone
from cadence.ledger.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from cadence.ledger.holder import Holder
    from cadence.ledger.ledger import Ledger

__all__ = ["open_ledger", "open_readonly"]

_CHECKED_BYTES = 64 * 1024 * 1024


def open_ledger(
    url: str, *, create: bool = True, holder: Holder | None = None, gone: Callable[[Holder], bool] = is_gone
) -> Ledger:
    """Return the ledger at *url*, made with its folder where there is none, migrated where it is older.

    *holder* is who takes leases through it, by default this process; *gone* tells which holders live no more.
    Raises LedgerError where it is damaged, newer than this program, of another program, locked or not writable.
    """
    location = Location.parse(url)
    if not create and not location.path.exists():
        raise LedgerError(f"no ledger at '{location}'", hint="`cadence apply` makes one")
    _make_folder(location)
    from cadence.ledger.faults import explained  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.ledger import Ledger  # noqa: PLC0415 - the same
    from cadence.ledger.sqlite import read_write_engine  # noqa: PLC0415 - the same

    engine = read_write_engine(location)
    try:
        with explained(location):
            _prepare(engine, location)
    except LedgerError:
        engine.dispose()
        raise
    return Ledger(engine, location, holder=holder, gone=gone)


def open_readonly(url: str) -> Ledger | None:
    """Return the ledger at *url* for reading, None where there is none; nothing is made or written.

    Raises LedgerError as open_ledger does, and for one that is older than this program and would have to be migrated.
    """
    location = Location.parse(url)
    if not location.path.is_file() or not location.path.stat().st_size:
        return None
    from cadence.ledger.faults import explained  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.ledger import Ledger  # noqa: PLC0415 - the same
    from cadence.ledger.sqlite import read_only_engine  # noqa: PLC0415 - the same

    engine = read_only_engine(location)
    try:
        with explained(location):
            if _is_unborn(engine):
                engine.dispose()
                return None
            _check_readable(engine, location)
    except LedgerError:
        engine.dispose()
        raise
    return Ledger(engine, location)


def _make_folder(location: Location) -> None:
    try:
        location.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"folder '{location.path.parent}' of the ledger cannot be made: {error.strerror}",
            hint="check the path and its permissions, or name another ledger",
        ) from error


def _prepare(engine: Engine, location: Location) -> None:
    from cadence.ledger.migrate import check_owner, prepare  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger

    _check_sound(engine, location)
    with engine.connect().execution_options(reading=True) as connection:
        check_owner(connection, location)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None  # noqa: S101 - just connected
        raw.execute("PRAGMA journal_mode = WAL")
        with connection.begin():
            prepare(connection, location)


def _is_unborn(engine: Engine) -> bool:
    """Return whether a run died after it made the file and before it made the tables."""
    from cadence.ledger.migrate import is_empty  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger

    with engine.connect() as connection:
        return is_empty(connection)


def _check_readable(engine: Engine, location: Location) -> None:
    from cadence.ledger.migrate import check_owner, check_version  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger
    from cadence.ledger.schema import HEAD  # noqa: PLC0415 - the same

    with engine.connect() as connection:
        check_owner(connection, location)
        version = check_version(connection, location)
    if version != HEAD:
        raise OlderLedger(
            f"ledger '{location}' was written by an older cadence: its schema is '{version}', expected '{HEAD}'",
            hint="`cadence status` or `cadence apply` brings it up to date",
        )


def _check_sound(engine: Engine, location: Location) -> None:
    """Read the whole file through SQLite's own check while that is quick; a bigger one is checked as it is read."""
    from cadence.ledger.faults import damaged  # noqa: PLC0415 - SQLAlchemy, see cadence.ledger

    if not location.path.exists() or location.path.stat().st_size > _CHECKED_BYTES:
        return
    with engine.connect().execution_options(reading=True) as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise damaged(location, str(verdict))

"""What the database complains of, in words that say what to do."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from cadence.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.ledger.location import Location

__all__ = ["damaged", "explained", "is_busy"]

_KINDS = {
    "SQLITE_BUSY": ("is locked by another program", "wait for it to end, or stop it"),
    "SQLITE_LOCKED": ("is locked by another program", "wait for it to end, or stop it"),
    "SQLITE_READONLY": ("cannot be written", "check the permissions of the file and of its folder"),
    "SQLITE_PERM": ("cannot be written", "check the permissions of the file and of its folder"),
    "SQLITE_CANTOPEN": ("cannot be opened", "check the path and the permissions of the file and of its folder"),
    "SQLITE_FULL": ("cannot grow: the disk is full", "make room; nothing was sent that is not in the ledger"),
    "SQLITE_IOERR": ("cannot be read or written: the disk reports an error", "check the disk and the file system"),
}


@contextmanager
def explained(location: Location) -> Iterator[None]:
    """Turn whatever the database raises within into a LedgerError."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(location, error.orig) from error
    except (sqlite3.DatabaseError, sqlite3.ProgrammingError) as error:
        raise _explain(location, error) from error
    except ValueError as error:  # a row that no ledger of ours holds: an unknown state, JSON cut short
        raise damaged(location, str(error)) from error


def is_busy(error: DBAPIError) -> bool:
    """Return whether the database was locked by somebody else for too long."""
    return _kind(error.orig) in ("SQLITE_BUSY", "SQLITE_LOCKED")


def damaged(location: Location, what: str) -> LedgerError:
    """Return the refusal of a file that is not, or no longer, a sound ledger."""
    return LedgerError(
        f"ledger '{location}' is damaged: {what}",
        hint="restore it from a backup; without one, move it away and look for what was sent before sending again",
    )


def _explain(location: Location, error: BaseException | None) -> LedgerError:
    kind = _kind(error)
    if kind in _KINDS:
        what, hint = _KINDS[kind]
        return LedgerError(f"ledger '{location}' {what}", hint=hint)
    return damaged(location, str(error))


def _kind(error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])

"""What the database complains of, in words that say what to do."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from cadence.errors import LedgerError
from cadence.ledger.rows import storable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.ledger.database import Database

__all__ = ["TAKE_IT_OUT", "damaged", "explained"]

TAKE_IT_OUT = "take it out of the record, or of what was asked for"
_AROUND = 20


@contextmanager
def explained(database: Database) -> Iterator[None]:
    """Turn whatever the database raises within into a LedgerError."""
    try:
        yield
    except DBAPIError as error:
        raise database.explain(error.orig) from error
    except sqlite3.Error as error:
        raise database.explain(error) from error
    except UnicodeEncodeError as error:
        raise _unstorable(database, error) from error
    except ValueError as error:  # a row that no ledger of ours holds: an unknown state, JSON cut short
        raise damaged(database, str(error)) from error


def damaged(database: Database, what: str) -> LedgerError:
    """Return the refusal of what is not, or no longer, a sound ledger; *what* may be SQL of several lines."""
    return LedgerError(
        f"ledger '{database}' is damaged: {' '.join(what.split())}",
        hint="restore it from a backup; without one, move it away and look for what was sent before sending again",
    )


def _unstorable(database: Database, error: UnicodeEncodeError) -> LedgerError:
    around = storable(error.object[max(error.start - _AROUND, 0) : error.end + _AROUND])
    return LedgerError(f"ledger '{database}' cannot hold '{around}': there is half a character in it", hint=TAKE_IT_OUT)

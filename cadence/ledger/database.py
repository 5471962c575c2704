"""What one kind of database does in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from cadence.errors import LedgerError
    from cadence.ledger.rates import Ticks

__all__ = ["Database"]


class Database(Protocol):
    """One ledger's database; its text is the ledger's name in messages.

    Transactions heed two execution options: `reading` sees one moment and writes nothing, `alone` keeps out others
    that are alone.
    """

    def is_missing(self) -> bool:
        """Return whether there is certainly no ledger; False where only opening it can tell."""
        ...

    def writer(self) -> Engine:
        """Return an engine that reads and writes, each commit durable when it returns. Raises LedgerError."""
        ...

    def reader(self) -> Engine:
        """Return an engine that leaves everything as it is."""
        ...

    def check(self, engine: Engine) -> None:
        """Raise LedgerError where the database is certainly damaged."""
        ...

    def is_empty(self, connection: Connection) -> bool:
        """Return whether there are no tables yet, and nobody else's database either."""
        ...

    def is_ours(self, connection: Connection) -> bool:
        """Return whether a ledger is there."""
        ...

    def settle_in(self, engine: Engine) -> None:
        """Set what holds for the whole database, once it is known to be nobody else's."""
        ...

    def make_room(self, connection: Connection) -> None:
        """Make what the tables will stand in."""
        ...

    def clock(self, connection: Connection) -> datetime | None:
        """Return what the database's own clock shows, None where it is the clock of this machine."""
        ...

    def ticks(self, connection: Connection, monotonic: float) -> Ticks:
        """Return the time, finer than a second, by a clock that all runs share. *monotonic* is this machine's."""
        ...

    def is_busy(self, error: BaseException | None) -> bool:
        """Return whether *error* says that the database was locked by somebody else for too long."""
        ...

    def explain(self, error: BaseException | None) -> LedgerError:
        """Return what *error* complains of, in words that say what to do."""
        ...

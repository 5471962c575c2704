"""What is made of a clock that was set, by those who take over what a dead run left.

Quiet periods are kept in wall time, for any machine has to understand them. Where it was set since the dead run began,
which a clock that never steps tells, they are set along.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from cadence.ledger.rows import entry_in, entry_row
from cadence.ledger.schema import claims, entries, leases
from cadence.ledger.statements import put_entries
from cadence.model.entry import State

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.ledger.lease import Lessee
    from cadence.ledger.rates import Ticks
    from cadence.model.entry import Entry

__all__ = ["set_along", "was_set_back"]

_ROUNDING = timedelta(seconds=1)  # wall times are cut to the second
_DOUBTFUL = (State.SENDING, State.IN_DOUBT)


def set_along(connection: Connection, lessee: Lessee, *, at: datetime, ticks: Ticks | None) -> None:
    """Move what *lessee* left in doubt by as much as the wall clock was set since; nothing was sent later than *at*."""
    by = _set_by(lessee, at=at, ticks=ticks)
    left = _left(connection, lessee)
    moved = [_moved(entry, by, at=at) for entry in left]
    put_entries(connection, [entry_row(now) for entry, now in zip(left, moved, strict=True) if now != entry])


def was_set_back(connection: Connection, ticks: Ticks, *, given_out: int, by: int) -> bool:
    """Return whether the clock was set back, by more than *by* microseconds, since *given_out* was reserved.

    They may lie any time ahead, but no lease is taken at a moment still to come: one from before *given_out* was taken
    by the clock of a server that was set back since, or of a machine that was started again and does not tell.
    A run takes a lease and then reserves moments, so what is not seen is at most *by* and as long as it had run.
    """
    if given_out <= ticks.now + by:
        return False
    to_come = (leases.c.origin == ticks.origin) & (leases.c.ticks > ticks.now + by) & (leases.c.ticks <= given_out)
    return connection.execute(select(leases.c.epoch).where(to_come).limit(1)).first() is not None


def _set_by(lessee: Lessee, *, at: datetime, ticks: Ticks | None) -> timedelta:
    """Return by how much the clock was set forward; what was set back is no earlier than it was."""
    if ticks is None or lessee.ticks is None or lessee.origin != ticks.origin:
        return timedelta()
    passed = timedelta(microseconds=ticks.now - lessee.ticks)
    by = at - lessee.taken_at - passed
    return by + _ROUNDING if by > _ROUNDING else timedelta()


def _left(connection: Connection, lessee: Lessee) -> list[Entry]:
    held = select(claims.c.enrollment).where(claims.c.lease == lessee.epoch)
    doubtful = select(entries).where(entries.c.enrollment.in_(held), entries.c.state.in_(_DOUBTFUL))
    return [entry_in(row) for row in connection.execute(doubtful).mappings()]


def _moved(entry: Entry, by: timedelta, *, at: datetime) -> Entry:
    if entry.sent_at is None:
        return entry
    until = entry.unclear_until and min(entry.unclear_until + by, at + (entry.unclear_until - entry.sent_at))
    return replace(entry, sent_at=min(entry.sent_at + by, at), unclear_until=until)

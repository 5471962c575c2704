"""Leases in the ledger: taken, renewed, taken over from the dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from cadence.ledger.holder import is_gone
from cadence.ledger.lease import Held, Lease, LeaseLost, Lessee
from cadence.ledger.rows import epoch, lessee_of, storable
from cadence.ledger.schema import claims, leases
from cadence.ledger.settime import set_along
from cadence.ledger.statements import add_claims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.ledger.holder import Holder
    from cadence.ledger.rates import Ticks

__all__ = ["active", "begin", "claim", "end", "refuse_held", "renew"]

_MANY = 500
_FREED = 10_000


def begin(
    connection: Connection, holder: Holder, *, by: str, at: datetime, expires_at: datetime, ticks: Ticks | None = None
) -> int:
    """Record a new lease and return its epoch."""
    values = {
        "pid": holder.pid,
        "host": holder.host,
        "boot": holder.boot,
        "started": holder.started,
        "by": storable(by),
    }
    times: dict[str, int | str | None] = {"taken_at": epoch(at), "expires_at": epoch(expires_at)}
    if ticks is not None:
        times |= {"origin": ticks.origin, "ticks": ticks.now}
    return int(connection.execute(insert(leases).values(**values, **times).returning(leases.c.epoch)).scalar_one())


def claim(
    connection: Connection,
    lease: Lease,
    keys: Sequence[str],
    *,
    at: datetime,
    gone: Callable[[Holder], bool] = is_gone,
    ticks: Ticks | None = None,
) -> None:
    """Give the enrollments to *lease*, all or none, taking them from runs that ended or let their lease expire.

    Raises Held.
    """
    for dead in refuse_held(connection, keys, at=at, gone=gone, but=lease.epoch):
        set_along(connection, dead, at=at, ticks=ticks)
        end(connection, dead.epoch, at=at)
    for start in range(0, len(keys), _MANY):
        add_claims(connection, [[key, lease.epoch] for key in keys[start : start + _MANY]])


def refuse_held(
    connection: Connection, keys: Sequence[str], *, at: datetime, gone: Callable[[Holder], bool], but: int | None
) -> Sequence[Lessee]:
    """Return the dead runs that hold some of the enrollments. Raises Held where another run that lives does."""
    lessees = [lessee for lessee in _lessees(connection, keys) if lessee.epoch != but]
    living = [lessee for lessee in lessees if at <= lessee.expires_at and not gone(lessee.holder)]
    if living:
        raise Held(living)
    return lessees


def renew(connection: Connection, lease: Lease, *, at: datetime) -> None:
    """Make the lease last from *at* on. Raises LeaseLost where it was ended or taken over."""
    renewed = connection.execute(
        update(leases)
        .where(leases.c.epoch == lease.epoch, leases.c.ended_at.is_(None))
        .values(expires_at=epoch(at + lease.length))
    )
    if renewed.rowcount != 1:
        raise LeaseLost(lease.epoch)


def end(connection: Connection, lease_epoch: int, *, at: datetime) -> None:
    """End the lease and free what it held."""
    running = (leases.c.epoch == lease_epoch) & leases.c.ended_at.is_(None)
    connection.execute(update(leases).where(running).values(ended_at=epoch(at)))
    # Not all in one statement: SQLite keeps in memory which rows it is going to delete.
    some = select(claims.c.enrollment).where(claims.c.lease == lease_epoch).limit(_FREED)
    while connection.execute(delete(claims).where(claims.c.enrollment.in_(some))).rowcount == _FREED:
        pass


def active(connection: Connection) -> tuple[Lessee, ...]:
    """Return the leases that have not ended, the newest first."""
    found = connection.execute(select(leases).where(leases.c.ended_at.is_(None)).order_by(leases.c.epoch.desc()))
    return tuple(lessee_of(dict(row)) for row in found.mappings())


def _lessees(connection: Connection, keys: Sequence[str]) -> Iterable[Lessee]:
    found: dict[int, Lessee] = {}
    for start in range(0, len(keys), _MANY):
        holding = select(claims.c.lease).where(claims.c.enrollment.in_(keys[start : start + _MANY]))
        # Locked, where there are row locks: what is about to be taken over cannot be renewed at the same moment.
        chosen = select(leases).where(leases.c.epoch.in_(holding)).order_by(leases.c.epoch).with_for_update()
        found |= {row["epoch"]: lessee_of(dict(row)) for row in connection.execute(chosen).mappings()}
    return found.values()

"""Bulk runs: which enrollments each is about, in which order, and how far they are.

Whoever drives a run hands positions around, never the records behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from cadence.frozen import dataclass
from cadence.ledger.rows import epoch, storable
from cadence.ledger.schema import attempts, bulk_members, bulk_runs, entries, targets
from cadence.model.entry import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, ScalarSelect

__all__ = [
    "BulkRun", "Outcome", "Standing", "bulk_run", "enlist", "last_attempt", "members", "outcomes", "reasons",
    "standings",
]  # fmt: skip

_MANY = 500
_CLEAR = (State.PLANNED, State.CANCELLED, State.COMPLETED)


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A bulk run of `total` enrollments, for the account that `base_url` and `business_id` name."""

    id: str
    base_url: str
    business_id: str
    total: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many entries of a run stand alike. `tried` is the last operation tried for them, None where nothing was."""

    state: State
    pending: bool
    refused: bool
    tried: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one entry stands, and why where somebody has to look at it."""

    step: str
    standing: Standing
    reason: str | None


def enlist(connection: Connection, run: str, *, target: str, keys: Sequence[str], by: str, at: datetime) -> None:
    """Add the enrollments to the run, after those that are in it; one that is in it already keeps its place."""
    known = connection.execute(select(bulk_runs.c.id).where(bulk_runs.c.id == run)).scalar()
    if known is None:
        connection.execute(insert(bulk_runs).values(id=run, target=target, by=storable(by), recorded_at=epoch(at)))
    there = enlisted(connection, run, keys)
    new = [key for key in dict.fromkeys(keys) if key not in there]
    next_ = connection.execute(select(_total(run))).scalar() or 0
    rows = [{"run": run, "position": next_ + index, "enrollment": key} for index, key in enumerate(new)]
    if rows:
        connection.execute(insert(bulk_members), rows)


def bulk_run(connection: Connection, run: str) -> BulkRun | None:
    """Return the run, None where the ledger does not know it."""
    row = connection.execute(
        select(targets.c.base_url, targets.c.business_id, _total(run).label("total"))
        .join(bulk_runs, bulk_runs.c.target == targets.c.id)
        .where(bulk_runs.c.id == run)
    ).one_or_none()
    return None if row is None else BulkRun(run, row.base_url, row.business_id, row.total)


def members(connection: Connection, run: str, *, first: int, end: int) -> tuple[str, ...]:
    """Return the keys of the enrollments at the positions from *first* up to, not including, *end*."""
    chosen = (
        select(bulk_members.c.enrollment)
        .where(bulk_members.c.run == run, bulk_members.c.position >= first, bulk_members.c.position < end)
        .order_by(bulk_members.c.position)
    )
    return tuple(connection.execute(chosen).scalars())


def last_attempt(connection: Connection) -> int:
    """Return the number of the last attempt of all; 0 before the first."""
    return connection.execute(select(func.max(attempts.c.id))).scalar() or 0


def standings(connection: Connection, run: str, *, since: int) -> Iterator[Standing]:
    """Yield how the run's entries stand, and what was tried for them after attempt *since*."""
    each = (
        select(*_standing(since))
        .join(bulk_members, bulk_members.c.enrollment == entries.c.enrollment)
        .where(bulk_members.c.run == run)
        .subquery()
    )
    counted = select(*each.c, func.count().label("entries")).group_by(*each.c)
    for row in connection.execute(counted).mappings():
        yield Standing(State(row["state"]), bool(row["pending"]), bool(row["refused"]), row["tried"], row["entries"])


def outcomes(connection: Connection, enrollments: Sequence[str], *, since: int) -> dict[str, list[Outcome]]:
    """Return how each entry of the enrollments stands, by enrollment and in submission order.

    What was tried counts after attempt *since*.
    """
    found: dict[str, list[Outcome]] = {}
    for start in range(0, len(enrollments), _MANY):
        chosen = (
            select(entries.c.enrollment, entries.c.step, entries.c.reason, *_standing(since))
            .where(entries.c.enrollment.in_(enrollments[start : start + _MANY]))
            .order_by(entries.c.enrollment, entries.c.position)
        )
        for row in connection.execute(chosen):
            standing = Standing(State(row.state), bool(row.pending), bool(row.refused), row.tried, 1)
            reason = row.reason if standing.state not in _CLEAR else None
            found.setdefault(row.enrollment, []).append(Outcome(row.step, standing, reason))
    return found


def reasons(connection: Connection, run: str, *, limit: int) -> tuple[tuple[str, State, str], ...]:
    """Return step, state and reason of entries that need a person, each combination once."""
    unclear = entries.c.state.not_in([str(state) for state in _CLEAR])
    chosen = (
        select(entries.c.step, entries.c.state, entries.c.reason)
        .distinct()
        .join(bulk_members, bulk_members.c.enrollment == entries.c.enrollment)
        .where(bulk_members.c.run == run, entries.c.reason.is_not(None), unclear)
        .order_by(entries.c.step, entries.c.state, entries.c.reason)
        .limit(limit)
    )
    return tuple((row.step, State(row.state), row.reason) for row in connection.execute(chosen))


def _standing(since: int) -> list[ColumnElement[Any]]:
    keys: tuple[ColumnElement[Any], ...] = (
        entries.c.state,
        entries.c.pending.is_not(None),
        entries.c.reason.is_not(None),
        _tried(since),
    )
    return [key.label(name) for key, name in zip(keys, ("state", "pending", "refused", "tried"), strict=True)]


def _total(run: str) -> ScalarSelect[int]:
    """Return one more than the last position: positions have no gaps, and the key's index knows the last."""
    return (
        select(func.coalesce(func.max(bulk_members.c.position) + 1, 0))
        .where(bulk_members.c.run == run)
        .scalar_subquery()
    )


def enlisted(connection: Connection, run: str, keys: Sequence[str]) -> set[str]:
    """Return those of the enrollments that are in the run."""
    listed: set[str] = set()
    for start in range(0, len(keys), _MANY):
        some = bulk_members.c.enrollment.in_(keys[start : start + _MANY])
        listed |= set(
            connection.execute(select(bulk_members.c.enrollment).where(bulk_members.c.run == run, some)).scalars()
        )
    return listed


def _tried(since: int) -> ScalarSelect[str]:
    last = (
        select(func.max(attempts.c.id))
        .where(attempts.c.entry == entries.c.key, attempts.c.id > since)
        .correlate(entries)
        .scalar_subquery()
    )
    return select(attempts.c.operation).where(attempts.c.id == last).correlate(entries).scalar_subquery()

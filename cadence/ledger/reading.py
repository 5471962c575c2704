"""What the ledger is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, String, literal, select, union_all
from sqlalchemy.sql import func

from cadence.ledger.lines import LogLine, StatusLine
from cadence.ledger.rows import ENTRY_COLUMNS, enrollment_of, entry_in, entry_of, instant, storable
from cadence.ledger.schema import attempts, changes, cursors, enrollments, entries, leases
from cadence.model.entry import History, State
from cadence.model.people import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from cadence.model.entry import Enrollment, Entry

__all__ = [
    "attempts_under",
    "check_counts",
    "count",
    "cursors_of",
    "entries_by_key",
    "entries_of",
    "histories",
    "history",
    "known_enrollments",
    "log_lines",
    "open_enrollments",
    "revisions",
    "status_lines",
]

_MANY = 500
_ENTRIES = select(*(entries.c[name] for name in ENTRY_COLUMNS))
_SETTLED = (State.SCHEDULED, State.CANCELLED, State.COMPLETED)


def history(connection: Connection, target: str, *, sequence: str, object_name: str, record_id: str) -> History:
    """Return the enrollments of the record in the sequence, oldest first, with their entries and the cursors."""
    entity_id = Record(id=record_id, object=object_name).entity_id
    found = histories(connection, target, sequence=sequence, object_name=object_name, entity_ids=[entity_id])
    return replace(found.get(entity_id, History()), cursors=cursors_of(connection, target))


def histories(
    connection: Connection, target: str, *, sequence: str, object_name: str, entity_ids: Sequence[str]
) -> dict[str, History]:
    """Return the same for many records by their entity ids, without the cursors; who was never enrolled is left out."""
    enrolled: dict[str, list[Enrollment]] = {}
    for some in _slices(entity_ids):
        chosen = (
            select(enrollments, enrollments.c.key.label("enrollment_key"))
            .where(enrollments.c.target == target, enrollments.c.sequence == sequence)
            .where(enrollments.c.object == object_name, enrollments.c.record_id.in_(some))
            .order_by(enrollments.c.number)
        )
        for row in connection.execute(chosen).mappings():
            enrolled.setdefault(row["record_id"], []).append(enrollment_of(dict(row)))
    keys = [each.key for several in enrolled.values() for each in several]
    by_enrollment, revision = entries_of(connection, keys), revisions(connection, keys)
    return {
        entity_id: History(
            tuple(replace(each, revision=revision.get(each.key, 0)) for each in several),
            tuple(entry for each in several for entry in by_enrollment.get(each.key, ())),
        )
        for entity_id, several in enrolled.items()
    }


def revisions(connection: Connection, enrollment_keys: Sequence[str]) -> dict[str, int]:
    """Return the number of the last decision about each enrollment; those about which there is none are left out."""
    newest: dict[str, int] = {}
    for some in _slices(enrollment_keys):
        chosen = select(changes.c.enrollment, func.max(changes.c.id)).where(changes.c.enrollment.in_(some))
        newest |= dict(connection.execute(chosen.group_by(changes.c.enrollment)).all())
    return newest


def cursors_of(connection: Connection, target: str) -> dict[str, int]:
    """Return the round-robin cursors of the target."""
    values = connection.execute(select(cursors.c.name, cursors.c.value).where(cursors.c.target == target))
    return {row.name: row.value for row in values}


def entries_of(connection: Connection, enrollment_keys: Sequence[str]) -> dict[str, list[Entry]]:
    """Return the entries of each enrollment in submission order.

    Raises ValueError where a damaged index does not find them all.
    """
    found: dict[str, list[Entry]] = {}
    for some in _slices(enrollment_keys):
        these: dict[str, list[Entry]] = {}
        chosen = _ENTRIES.where(entries.c.enrollment.in_(some)).order_by(entries.c.enrollment, entries.c.position)
        for values in connection.execute(chosen).all():
            entry = entry_of(values)
            these.setdefault(entry.enrollment, []).append(entry)
        _compare_counts(connection, some, {key: len(several) for key, several in these.items()})
        found |= these
    return found


def check_counts(connection: Connection, enrollment_keys: Sequence[str]) -> None:
    """Raise ValueError where the index does not find as many entries of an enrollment as were recorded."""
    for some in _slices(enrollment_keys):
        counted = select(entries.c.enrollment, func.count()).where(entries.c.enrollment.in_(some))
        found: dict[str, int] = dict(connection.execute(counted.group_by(entries.c.enrollment)).all())
        _compare_counts(connection, some, found)


def count(connection: Connection, enrollment_keys: Sequence[str]) -> int:
    """Return how many entries the enrollments have."""
    counted = select(func.count())
    return sum(
        connection.execute(counted.where(entries.c.enrollment.in_(some))).scalar_one()
        for some in _slices(enrollment_keys)  # one slice at a time: all of them are the keys of the whole run
    )


def entries_by_key(connection: Connection, keys: Sequence[str]) -> dict[str, Entry]:
    """Return the entries with these keys."""
    found: dict[str, Entry] = {}
    for some in _slices(keys):
        found |= {row.key: entry_of(row) for row in connection.execute(_ENTRIES.where(entries.c.key.in_(some)))}
    return found


def known_enrollments(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Return those of the keys that the ledger holds an enrollment for."""
    key = enrollments.c.key
    return {found for some in _slices(keys) for found in connection.execute(select(key).where(key.in_(some))).scalars()}


def attempts_under(connection: Connection, lease_epoch: int) -> int:
    """Return how many attempts were written under the lease."""
    return connection.execute(select(func.count()).where(attempts.c.lease == lease_epoch)).scalar_one()


def open_enrollments(connection: Connection, target: str) -> tuple[str, ...]:
    """Return the keys of the enrollments of which something is not done yet, the oldest first.

    Raises ValueError where a damaged index does not find all their entries.
    """
    _check_all_counts(connection, target)
    chosen = (
        select(enrollments.c.key)
        .where(enrollments.c.target == target)
        .where(select(entries.c.key).where(entries.c.enrollment == enrollments.c.key, _is_open()).exists())
        .order_by(enrollments.c.created_at, enrollments.c.key)
    )
    return tuple(connection.execute(chosen).scalars())


def status_lines(
    connection: Connection,
    *,
    target: str | None,
    sequence: str | None,
    record: str | None,
    state: str | None,
    refused: bool,
) -> Iterator[StatusLine]:
    """Return the entries that match all that is given, by record and then in submission order.

    Where *refused*, only those that the CRM refused, or a change of them.
    """
    chosen = (
        select(entries, *_enrollment_columns())
        .join(enrollments, enrollments.c.key == entries.c.enrollment)
        .order_by(enrollments.c.record_name, enrollments.c.sequence, enrollments.c.number, entries.c.position)
    )
    chosen = _matching(chosen, sequence=sequence, record=record)
    if target is not None:
        chosen = chosen.where(enrollments.c.target == target)
    if state is not None:
        chosen = chosen.where(entries.c.state == state)
    if refused:
        chosen = chosen.where(_is_refused())
    for row in connection.execute(chosen).mappings():
        yield StatusLine(enrollment_of(dict(row)), entry_in(row), row["record_name"])


def log_lines(connection: Connection, *, record: str | None, limit: int) -> tuple[LogLine, ...]:
    """Return what was decided and what was sent, the newest first."""
    decided = select(
        changes.c.at, changes.c.by, changes.c.what, enrollments.c.sequence, enrollments.c.record_name,
        changes.c.step, changes.c.why, literal(0).label("source"), changes.c.id,
    ).join(enrollments, enrollments.c.key == changes.c.enrollment)  # fmt: skip
    what = attempts.c.operation + literal(": ", String) + attempts.c.outcome
    sent = (
        select(
            attempts.c.answered_at, leases.c.by, what.label("what"), enrollments.c.sequence, enrollments.c.record_name,
            entries.c.step, attempts.c.detail, literal(1).label("source"), attempts.c.id,
        )
        .join(entries, entries.c.key == attempts.c.entry)
        .join(enrollments, enrollments.c.key == entries.c.enrollment)
        .join(leases, leases.c.epoch == attempts.c.lease)
    )  # fmt: skip
    both = union_all(
        _matching(decided, sequence=None, record=record), _matching(sent, sequence=None, record=record)
    ).subquery()
    newest = select(both).order_by(both.c.at.desc(), both.c.source.desc(), both.c.id.desc()).limit(limit)
    return tuple(_log_line(row) for row in connection.execute(newest))


def _log_line(row: Any) -> LogLine:
    at, by, what, sequence, record, step, why, *_ = row
    moment = instant(at)
    assert moment is not None  # noqa: S101 - the column is not null
    return LogLine(moment, by, what, sequence, record, step, why)


def _enrollment_columns() -> tuple[ColumnElement[Any], ...]:
    names = ("sequence", "object", "record_id", "record_name", "number", "start_at", "params", "ended_at")
    return (enrollments.c.key.label("enrollment_key"), *(enrollments.c[name] for name in names))


def _matching(chosen: Select[Any], *, sequence: str | None, record: str | None) -> Select[Any]:
    if sequence is not None:
        chosen = chosen.where(enrollments.c.sequence == sequence)
    if record is not None:
        record = storable(record)
        named = func.lower(enrollments.c.record_name) == record.lower()
        chosen = chosen.where(enrollments.c.record_id.in_(_possible_ids(record)) | named)
    return chosen


def _possible_ids(record: str) -> tuple[str, ...]:
    return (record, Record(id=record).entity_id)


def _is_refused() -> ColumnElement[bool]:
    """Return the same condition as `cadence.delivery.resolution.is_refused`."""
    change = (entries.c.state == State.SCHEDULED) & entries.c.pending.is_not(None) & (entries.c.reason != "")
    return change | (entries.c.state == State.REJECTED)


def _is_open() -> ColumnElement[bool]:
    return entries.c.state.not_in([str(state) for state in _SETTLED]) | entries.c.pending.is_not(None)


def _compare_counts(connection: Connection, enrollment_keys: Sequence[str], found: Mapping[str, int]) -> None:
    """Compare what an index found with what was recorded: to agree, two of them would have to be damaged alike."""
    chosen = select(enrollments.c.key, enrollments.c.entry_count).where(enrollments.c.key.in_(enrollment_keys))
    recorded = dict(connection.execute(chosen).all())
    for key in (*enrollment_keys, *found):
        _compare(key, found.get(key, 0), recorded.get(key, 0))


def _check_all_counts(connection: Connection, target: str) -> None:
    counted = select(entries.c.enrollment, func.count().label("found")).group_by(entries.c.enrollment).subquery()
    found = func.coalesce(counted.c.found, 0)
    chosen = (
        select(enrollments.c.key, found, enrollments.c.entry_count)
        .outerjoin(counted, counted.c.enrollment == enrollments.c.key)
        .where(enrollments.c.target == target, found.is_distinct_from(enrollments.c.entry_count))
        .limit(1)
    )
    for differing in connection.execute(chosen):
        _compare(*differing)


def _compare(enrollment: str, found: int, recorded: int) -> None:
    if found != recorded:
        raise ValueError(f"enrollment '{enrollment}' has {recorded} entries, of which {found} are found")


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _MANY] for start in range(0, len(keys), _MANY))

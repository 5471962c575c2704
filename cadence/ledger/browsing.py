"""What pages ask of the ledger: one business's enrollments, entries and log, a page at a time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, literal, or_, select
from sqlalchemy.sql import func

from cadence.frozen import dataclass
from cadence.ledger.lines import LogLine, StatusLine
from cadence.ledger.rows import entry_in, instant
from cadence.ledger.schema import attempts, changes, enrollments, entries, leases, targets
from cadence.model.entry import Enrollment, State
from cadence.model.people import Record, TargetIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection, Select

    from cadence.model.entry import Entry

__all__ = [
    "NEEDS",
    "Enrolled",
    "Need",
    "count_needs",
    "count_states",
    "enrollment_of_activity",
    "find_enrolled",
    "find_entries",
    "find_log",
    "load_enrolled",
    "load_entries",
    "load_entry",
    "refused_of",
    "targets_of",
]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment as it is listed, for which account, and how many of its entries are in each state."""

    key: str
    target: TargetIdentity
    sequence: str
    object: str
    record_id: str
    record_name: str
    number: int
    start: datetime
    zone: str
    params: Mapping[str, Any]
    variant: str | None
    created_at: datetime
    ended_at: datetime | None
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Need:
    """An entry that needs somebody, and the enrollment it is in."""

    enrolled: Enrolled
    entry: Entry

    @property
    def line(self) -> StatusLine:
        """The same as what `retry` and `resolve` take."""
        of = self.enrolled
        enrollment = Enrollment(
            of.key, of.sequence, of.record_id, of.object, of.number, of.start, params=of.params, ended_at=of.ended_at
        )
        return StatusLine(enrollment, self.entry, of.record_name)


def _is(*states: State) -> ColumnElement[bool]:
    return entries.c.state.in_([str(state) for state in states])


_CHANGE_REFUSED = _is(State.SCHEDULED) & entries.c.pending.is_not(None) & (entries.c.reason != "")
_NEEDS: Mapping[str, ColumnElement[bool]] = {
    "doubt": _is(State.IN_DOUBT, State.SENDING),
    "parked": _is(State.PARKED),
    "rejected": _is(State.REJECTED) | _CHANGE_REFUSED,
    "waiting": _is(State.PLANNED),
}
NEEDS = tuple(_NEEDS)
"""What an entry may need: to be looked for, to be decided about, to be tried again, to be sent."""


def count_states(connection: Connection, business_id: str) -> dict[State, int]:
    """Return how many entries of the business are in each state."""
    counted = select(entries.c.state, func.count().label("number")).group_by(entries.c.state)
    rows = connection.execute(_narrowed(connection, business_id, counted))
    return {State(row.state): row.number for row in rows}


def find_enrolled(
    connection: Connection, business_id: str, *, search: str = "", state: str = "", first: int = 0, size: int = 50
) -> tuple[list[Enrolled], int]:
    """Return *size* enrollments from number *first* on, the newest first, and how many there are in all.

    *search* is a part of the record's name, its id, or a part of the sequence's name; *state* is one that some entry of
    the enrollment is in.
    """
    own = connection.execute(select(targets.c.id).where(_is_of(business_id))).scalars().all()
    condition: ColumnElement[bool] = enrollments.c.target.in_(own)
    if search:
        condition &= _holds(search)
    if state:
        # Found once: asked of each enrollment by itself, SQLite may look through all entries of that state each time.
        condition &= enrollments.c.key.in_(select(entries.c.enrollment).where(entries.c.state == state))
    newest = (enrollments.c.created_at.desc(), enrollments.c.key)
    counted = select(enrollments.c.key, func.count().over().label("found")).where(condition).order_by(*newest)
    page = connection.execute(counted.limit(size).offset(first)).all()
    rows = _read(connection, _enrolled().where(enrollments.c.key.in_([row.key for row in page])).order_by(*newest))
    if page or not first:
        return rows, page[0].found if page else 0
    return [], connection.execute(select(func.count()).select_from(enrollments).where(condition)).scalar_one()


def load_enrolled(connection: Connection, business_id: str, key: str) -> Enrolled | None:
    """Return the enrollment with that key, None where the business has none."""
    found = _read(connection, _enrolled().where(_is_of(business_id), enrollments.c.key == key))
    return found[0] if found else None


def enrollment_of_activity(
    connection: Connection, business_id: str, activity_id: str, *, record_ids: Iterable[str]
) -> str | None:
    """Return the key of the enrollment of which that activity of the CRM is, None where this ledger knows of none.

    *record_ids* are the records the activity is for: entries have no index of activities.
    """
    chosen = (
        select(enrollments.c.key)
        .join(targets, targets.c.id == enrollments.c.target)
        .join(entries, entries.c.enrollment == enrollments.c.key)
        .where(_is_of(business_id), enrollments.c.record_id.in_(list(record_ids)))
        .where(entries.c.activity_id == activity_id)
        .limit(1)
    )
    return connection.execute(chosen).scalar()


def find_entries(connection: Connection, business_id: str, need: str, *, first: int = 0, size: int = 50) -> list[Need]:
    """Return *size* entries from number *first* on that have one of NEEDS, by due."""
    chosen = _narrowed(connection, business_id, select(entries).where(_NEEDS[need]))
    return _needs(connection, chosen.order_by(entries.c.due_at, entries.c.key).limit(size).offset(first))


def count_needs(connection: Connection, business_id: str) -> dict[str, int]:
    """Return how many entries of the business have each of NEEDS."""
    counted = _narrowed(connection, business_id, select(func.count()).select_from(entries))
    return {need: connection.execute(counted.where(has)).scalar_one() for need, has in _NEEDS.items()}


def load_entry(connection: Connection, business_id: str, key: str) -> Need | None:
    """Return the entry with that key, None where the business has none."""
    found = _needs(connection, _entries(business_id).where(entries.c.key == key))
    return found[0] if found else None


def refused_of(connection: Connection, business_id: str) -> list[Need]:
    """Return all entries that the CRM refused, or a change of them, in submission order."""
    chosen = _entries(business_id).where(_NEEDS["rejected"])
    return _needs(connection, chosen.order_by(entries.c.enrollment, entries.c.position))


def load_entries(connection: Connection, key: str) -> list[Entry]:
    """Return the entries of the enrollment with that key, in submission order."""
    chosen = select(entries).where(entries.c.enrollment == key).order_by(entries.c.position)
    return [entry_in(row) for row in connection.execute(chosen).mappings()]


def targets_of(connection: Connection, business_id: str) -> list[TargetIdentity]:
    """Return the accounts of the business: the same one may have been called at several addresses."""
    chosen = select(targets).where(_is_of(business_id)).order_by(targets.c.base_url)
    return [TargetIdentity(row.name, row.base_url, row.business_id) for row in connection.execute(chosen)]


def find_log(
    connection: Connection, business_id: str, *, enrollment: str = "", first: int = 0, size: int = 50
) -> tuple[list[tuple[str, LogLine]], bool]:
    """Return *size* things that happened from number *first* on, the newest first, each with its enrollment's key.

    And whether there are more.
    """
    most = first + size + 1
    both = [
        (row.at, source, row.id, row)
        for source, chosen in enumerate((_decided(), _sent()))
        for row in connection.execute(_newest(chosen, business_id, enrollment).limit(most))
    ]
    ordered = [row for *_, row in sorted(both, key=lambda each: each[:3], reverse=True)]
    return [(row.key, _log_line(row)) for row in ordered[first : first + size]], len(ordered) > first + size


def _narrowed(connection: Connection, business_id: str, chosen: Select[Any]) -> Select[Any]:
    """Return what is *chosen* of entries, only of the business; where there is no other, the indexes of entries do."""
    others = select(targets.c.id).where(targets.c.business_id != business_id).limit(1)
    if connection.execute(others).first() is None:
        return chosen
    return chosen.join(enrollments, enrollments.c.key == entries.c.enrollment).join(
        targets, (targets.c.id == enrollments.c.target) & _is_of(business_id)
    )


def _entries(business_id: str) -> Select[Any]:
    return (
        select(entries)
        .join(enrollments, enrollments.c.key == entries.c.enrollment)
        .join(targets, targets.c.id == enrollments.c.target)
        .where(_is_of(business_id))
    )


def _needs(connection: Connection, chosen: Select[Any]) -> list[Need]:
    found = [entry_in(row) for row in connection.execute(chosen).mappings()]
    keys = list({entry.enrollment for entry in found})
    by_key = {each.key: each for each in _read(connection, _enrolled().where(enrollments.c.key.in_(keys)))}
    return [Need(by_key[entry.enrollment], entry) for entry in found]


def _enrolled() -> Select[Any]:
    return select(enrollments, targets.c.name.label("target_name"), targets.c.base_url, targets.c.business_id).join(
        targets, targets.c.id == enrollments.c.target
    )


def _is_of(business_id: str) -> ColumnElement[bool]:
    return targets.c.business_id == business_id


def _holds(search: str) -> ColumnElement[bool]:
    part = search.lower()
    ids = (search, Record(id=search).entity_id)
    return or_(
        func.lower(enrollments.c.record_name).contains(part, autoescape=True),
        func.lower(enrollments.c.sequence).contains(part, autoescape=True),
        enrollments.c.record_id.in_(ids),
    )


def _read(connection: Connection, chosen: Select[Any]) -> list[Enrolled]:
    rows = [dict(row) for row in connection.execute(chosen).mappings()]
    keys = [row["key"] for row in rows]
    counted = (
        select(entries.c.enrollment, entries.c.state, func.count().label("number"))
        .where(entries.c.enrollment.in_(keys))
        .group_by(entries.c.enrollment, entries.c.state)
    )
    states: dict[str, dict[State, int]] = {key: {} for key in keys}
    for row in connection.execute(counted):
        states[row.enrollment][State(row.state)] = row.number
    return [_enrolled_of(row, states[row["key"]]) for row in rows]


def _enrolled_of(row: Mapping[str, Any], states: Mapping[State, int]) -> Enrolled:
    return Enrolled(
        key=row["key"],
        target=TargetIdentity(row["target_name"], row["base_url"], row["business_id"]),
        sequence=row["sequence"],
        object=row["object"],
        record_id=row["record_id"],
        record_name=row["record_name"],
        number=row["number"],
        start=datetime.fromtimestamp(row["start_at"], UTC),
        zone=row["zone"],
        params=json.loads(row["params"]),
        variant=row["variant"],
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        ended_at=instant(row["ended_at"]),
        states=states,
    )


def _decided() -> Select[Any]:
    return (
        select(
            changes.c.at, changes.c.by, changes.c.what, enrollments.c.sequence, enrollments.c.record_name,
            changes.c.step, changes.c.why, changes.c.id, enrollments.c.key,
        )
        .join(enrollments, enrollments.c.key == changes.c.enrollment)
        .order_by(changes.c.id.desc())
    )  # fmt: skip


def _sent() -> Select[Any]:
    what = attempts.c.operation + literal(": ", String) + attempts.c.outcome
    return (
        select(
            attempts.c.answered_at.label("at"), leases.c.by, what.label("what"), enrollments.c.sequence,
            enrollments.c.record_name, entries.c.step, attempts.c.detail.label("why"), attempts.c.id, enrollments.c.key,
        )
        .join(entries, entries.c.key == attempts.c.entry)
        .join(enrollments, enrollments.c.key == entries.c.enrollment)
        .join(leases, leases.c.epoch == attempts.c.lease)
        .order_by(attempts.c.id.desc())
    )  # fmt: skip


def _newest(chosen: Select[Any], business_id: str, enrollment: str) -> Select[Any]:
    own = chosen.join(targets, targets.c.id == enrollments.c.target).where(_is_of(business_id))
    return own.where(enrollments.c.key == enrollment) if enrollment else own


def _log_line(row: Any) -> LogLine:
    at = datetime.fromtimestamp(row.at, UTC)
    return LogLine(at, row.by, row.what, row.sequence, row.record_name, row.step, row.why)

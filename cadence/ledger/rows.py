"""Values to rows and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from cadence.ledger.holder import Holder
from cadence.ledger.lease import Lessee
from cadence.ledger.sums import BODY_COLUMNS, STATE_COLUMNS, check_sums, checksum
from cadence.model.entry import Enrollment, Entry, State
from cadence.model.plan import Action, canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping

    from cadence.model.people import TargetIdentity

__all__ = [
    "ENTRY_COLUMNS",
    "body_values",
    "enrollment_of",
    "entry_in",
    "entry_of",
    "entry_row",
    "epoch",
    "instant",
    "lessee_of",
    "state_values",
    "storable",
    "target_id",
]

ENTRY_COLUMNS = (*BODY_COLUMNS, "body_sum", *STATE_COLUMNS[1:], "state_sum")
_in_order = itemgetter(*ENTRY_COLUMNS)


def epoch(instant: datetime | None) -> int | None:
    """Return seconds since 1970 in UTC."""
    return None if instant is None else int(instant.timestamp())


def instant(seconds: int | None) -> datetime | None:
    """Return the aware UTC instant."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def target_id(target: TargetIdentity | None) -> str:
    """Return what tells one CRM account from another; its name in the settings does not count."""
    return f"{target.business_id}@{target.base_url}" if target else ""


def storable(text: str) -> str:
    """Return *text* with what no database takes, NUL and lone surrogates, shown as escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def entry_row(entry: Entry) -> list[Any]:
    """Return the entry's values in the order of ENTRY_COLUMNS."""
    body, state = body_values(entry), state_values(entry)
    return [*body, checksum(body), *state[1:], checksum(state)]


def body_values(entry: Entry) -> list[Any]:
    """Return the entry's values in the order of BODY_COLUMNS."""
    body, patch = canonical_json(dict(entry.body)), canonical_json(dict(entry.patch)) if entry.patch else "{}"
    return [
        entry.key, entry.enrollment, entry.position, storable(entry.step), entry.occurrence, storable(entry.activity),
        epoch(entry.due_at), body, entry.marker, entry.on_error, patch,
    ]  # fmt: skip


def state_values(entry: Entry) -> list[Any]:
    """Return the entry's values in the order of STATE_COLUMNS."""
    times = (entry.sent_at, entry.unclear_until, entry.not_before, entry.completed_at, entry.moved_to)
    return [
        entry.key, entry.state.value, entry.pending and entry.pending.value, entry.activity_id, entry.attempts,
        entry.absent, *map(epoch, times), entry.reason and storable(entry.reason),
    ]  # fmt: skip


def entry_in(row: Mapping[str, Any] | RowMapping) -> Entry:
    """Return the entry in a row that may hold more than it. Raises ValueError for what no ledger of ours wrote."""
    return entry_of(_in_order(row))


def entry_of(values: Sequence[Any]) -> Entry:
    """Return the entry with *values*, in the order of ENTRY_COLUMNS. Raises ValueError as `entry_in` does."""
    check_sums(values)
    (
        key, enrollment, position, step, occurrence, activity, due_at, body, marker, on_error, patch, _body_sum,
        state, pending, activity_id, attempts, absent, sent_at, unclear_until, not_before, completed_at, moved_to,
        reason, _state_sum,
    ) = values  # fmt: skip
    return Entry(
        key=key,
        enrollment=enrollment,
        step=step,
        occurrence=occurrence,
        state=State(state),
        due_at=datetime.fromtimestamp(due_at, UTC),
        body=json.loads(body),
        marker=marker,
        activity_id=activity_id,
        attempts=attempts,
        sent_at=instant(sent_at),
        unclear_until=instant(unclear_until),
        reason=reason,
        completed_at=instant(completed_at),
        moved_to=instant(moved_to),
        activity=activity,
        on_error=on_error,
        position=position,
        pending=pending and Action(pending),
        patch=json.loads(patch) if patch != "{}" else {},
        not_before=instant(not_before),
        absent=absent,
    )


def enrollment_of(row: Mapping[str, Any]) -> Enrollment:
    """Return the enrollment of a row."""
    return Enrollment(
        key=row["enrollment_key"],
        sequence=row["sequence"],
        record_id=row["record_id"],
        object=row["object"],
        number=row["number"],
        start=datetime.fromtimestamp(row["start_at"], UTC),
        params=json.loads(row["params"]),
        ended_at=instant(row["ended_at"]),
    )


def lessee_of(row: Mapping[str, Any]) -> Lessee:
    """Return who holds the lease of a row."""
    return Lessee(
        epoch=row["epoch"],
        holder=Holder(row["pid"], row["host"], row["boot"], row["started"]),
        by=row["by"],
        taken_at=datetime.fromtimestamp(row["taken_at"], UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
        origin=row["origin"],
        ticks=row["ticks"],
    )

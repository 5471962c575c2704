"""Values to rows and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cadence.ledger.holder import Holder
from cadence.ledger.lease import Lessee
from cadence.model.entry import Enrollment, Entry, State
from cadence.model.plan import Action, canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.people import TargetIdentity

__all__ = [
    "ENTRY_COLUMNS",
    "enrollment_of",
    "entry_of",
    "entry_row",
    "epoch",
    "instant",
    "lessee_of",
    "storable",
    "target_id",
]

ENTRY_COLUMNS = (
    "key", "enrollment", "position", "step", "occurrence", "activity", "state", "due_at", "body", "marker", "on_error",
    "pending", "patch", "activity_id", "attempts", "absent", "sent_at", "unclear_until", "not_before", "completed_at",
    "moved_to", "reason",
)  # fmt: skip
_INSTANTS = ("due_at", "sent_at", "unclear_until", "not_before", "completed_at", "moved_to")


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
    values = {name: getattr(entry, name) for name in ENTRY_COLUMNS}
    values |= {name: epoch(values[name]) for name in _INSTANTS}
    values["reason"] = entry.reason and storable(entry.reason)
    values |= {"body": canonical_json(dict(entry.body)), "patch": canonical_json(dict(entry.patch))}
    return list(values.values())


def entry_of(row: Mapping[str, Any]) -> Entry:
    """Return the entry of a row. Raises ValueError for what no ledger of ours holds."""
    values = {name: row[name] for name in ENTRY_COLUMNS}
    values |= {name: instant(values[name]) for name in _INSTANTS}
    values |= {"body": json.loads(row["body"]), "patch": json.loads(row["patch"]), "state": State(row["state"])}
    values["pending"] = row["pending"] and Action(row["pending"])
    return Entry(**values)


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
    )

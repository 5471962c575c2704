"""A plan: what would be submitted, and why."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import field
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from cadence.diagnostics import Finding
    from cadence.model.people import Record, TargetIdentity

__all__ = ["Action", "Activity", "Assignee", "Change", "EnrollmentPlan", "Plan", "Report", "Why", "canonical_json"]


def canonical_json(value: object) -> str:
    """Return *value* as JSON with sorted keys and no spaces: the same value, the same bytes.

    Halves of characters, which have no bytes, are escaped as JSON does.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _plain(value: object) -> str:
    """Return as text a field value that JSON has no form for: times as ISO 8601, ids and decimals as written."""
    return value.isoformat() if isinstance(value, date | time) else str(value)


class Action(StrEnum):
    """What apply would do. `estimate` waits on a completion and is not submitted."""

    CREATE = "create"
    MOVE = "move"
    REASSIGN = "reassign"
    CANCEL = "cancel"
    KEEP = "keep"
    SKIP = "skip"
    ESTIMATE = "estimate"

    @property
    def is_change(self) -> bool:
        """Whether apply would write something for it."""
        return self in _CHANGES


_CHANGES = frozenset({Action.CREATE, Action.MOVE, Action.REASSIGN, Action.CANCEL})


@dataclass(frozen=True, slots=True)
class Why:
    """One line of the explanation: the rule, what it took and gave (local times with their zone), and the reason."""

    rule: str
    taken: str | None
    given: str | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with the keys rule, from, to, reason."""
        return {"rule": self.rule, "from": self.taken, "to": self.given, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who gets an activity: an employee, or a role in place of one."""

    id: str
    name: str
    is_role: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"type": "role" if self.is_role else "employee", "id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class Activity:
    """One step (and occurrence) of one enrollment.

    `due_at` is an aware UTC instant, None only for a skip without a computable due. `local` is the same in the step's
    zone, as RFC 9557 writes it. `body` is the literal request of a create, or what a PATCH would carry; None where
    nothing is sent. `key` is the ledger's.
    """

    step: str
    action: Action
    due_at: datetime | None
    zone: str
    local: str | None = None
    original_due_at: datetime | None = None
    occurrence: int = 1
    assignee: Assignee | None = None
    body: Mapping[str, Any] | None = None
    why: tuple[Why, ...] = ()
    reason: str | None = None
    key: str = ""
    marker: str = ""
    activity: str = ""
    activity_id: str | None = None
    previous_due_at: datetime | None = None
    on_error: str = "stop"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: datetimes as RFC 3339 in UTC."""
        return {
            "step": self.step,
            "occurrence": self.occurrence,
            "action": str(self.action),
            "activity": self.activity,
            "due_datetime": _utc(self.due_at),
            "local": self.local,
            "zone": self.zone,
            "original_due_datetime": _utc(self.original_due_at),
            "previous_due_datetime": _utc(self.previous_due_at),
            "assignee": self.assignee.to_dict() if self.assignee else None,
            "body": dict(self.body) if self.body is not None else None,
            "why": [line.to_dict() for line in self.why],
            "reason": self.reason,
            "key": self.key,
            "marker": self.marker,
            "activity_id": self.activity_id,
            "on_error": self.on_error,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One write that a plan asks for: of which record and step, from which due to which, and why."""

    record: str
    step: str
    occurrence: int
    action: Action
    before: datetime | None
    after: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentPlan:
    """The activities of one record in submission order: by due, then position in the file, then occurrence.

    `sequence_path` is the file whose digest the sequence's must still be when the plan is applied, empty for none.
    `record_digest` is that of the record's fields as the target had them, empty for one that it does not know.
    `enroll` is the sequence's policy. `revision` is that of the ledger's enrollment, 0 for one that it does not know:
    what was decided about it since, the plan does not know of. It is None where no ledger was read.
    """

    record: Record
    sequence: str
    key: str
    number: int
    start: datetime
    zone: str
    sequence_digest: str
    sequence_path: str = ""
    record_digest: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    variant: str | None = None
    is_new: bool = True
    enroll: str = "once"
    revision: int | None = None
    activities: tuple[Activity, ...] = ()

    @property
    def enrolls(self) -> bool:
        """Whether the ledger knows the enrollment once this is applied: a new one begins with what is sent."""
        return not self.is_new or any(activity.action.is_change for activity in self.activities)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; `record` is the record's id, `snapshot` what was known of it."""
        return {
            "record": self.record.id,
            "record_name": self.record.label,
            "object": self.record.object,
            "snapshot": dict(self.record.fields),
            "sequence": self.sequence,
            "sequence_digest": self.sequence_digest,
            "sequence_path": self.sequence_path,
            "record_digest": self.record_digest,
            "enrollment": self.key,
            "number": self.number,
            "new": self.is_new,
            "enroll": self.enroll,
            "revision": self.revision,
            "start": _utc(self.start),
            "zone": self.zone,
            "params": dict(self.params),
            "variant": self.variant,
            "activities": [activity.to_dict() for activity in self.activities],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen, as data: the same inputs give the same bytes and the same digest."""

    VERSION = 1

    now: datetime
    versions: Mapping[str, str]
    enrollments: tuple[EnrollmentPlan, ...] = ()
    target: TargetIdentity | None = None
    expires_at: datetime | None = None
    cursors: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of everything the plan says, without the digest itself."""
        return hashlib.sha256(canonical_json(self._content()).encode()).hexdigest()

    @property
    def activities(self) -> Iterator[Activity]:
        """All activities of all enrollments, in submission order per enrollment."""
        return (activity for enrollment in self.enrollments for activity in enrollment.activities)

    @property
    def enrolled_keys(self) -> list[str]:
        """The keys of the enrollments that the ledger knows once this is applied, in the plan's order."""
        return [enrollment.key for enrollment in self.enrollments if enrollment.enrolls]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What applying it would write, in submission order per enrollment."""
        return tuple(
            Change(
                enrollment.record.id,
                activity.step,
                activity.occurrence,
                activity.action,
                activity.previous_due_at,
                activity.due_at,
                activity.reason,
            )
            for enrollment in self.enrollments
            for activity in enrollment.activities
            if activity.action.is_change
        )

    @property
    def counts(self) -> Mapping[Action, int]:
        """How many activities there are of each action."""
        return Counter(activity.action for activity in self.activities)

    @property
    def has_changes(self) -> bool:
        """Whether applying it would write anything."""
        return any(activity.action.is_change for activity in self.activities)

    def to_dict(self) -> dict[str, Any]:
        """Return what `cadence plan --format json` prints."""
        return {"version": self.VERSION, "digest": self.digest, **self._content()}

    def to_json(self) -> str:
        """Return what `cadence plan --format json` prints: indented, with a final newline."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, default=_plain) + "\n"

    def __str__(self) -> str:
        from cadence.model.plan_text import plan_text  # noqa: PLC0415 - only where somebody prints one

        return plan_text(self)

    def _content(self) -> dict[str, Any]:
        target = self.target
        return {
            "now": _utc(self.now),
            "expires": _utc(self.expires_at),
            "target": target and {"name": target.name, "base_url": target.base_url, "business_id": target.business_id},
            "versions": dict(self.versions),
            "cursors": dict(self.cursors),
            "enrollments": [enrollment.to_dict() for enrollment in self.enrollments],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What apply did, counted; `problems` says in words what needs a person."""

    scheduled: int = 0
    adopted: int = 0
    moved: int = 0
    reassigned: int = 0
    cancelled: int = 0
    rejected: int = 0
    in_doubt: int = 0
    parked: int = 0
    kept: int = 0
    skipped: int = 0
    estimated: int = 0
    held: int = 0
    problems: tuple[str, ...] = ()


def _utc(instant: datetime | None) -> str | None:
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%SZ")

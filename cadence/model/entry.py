"""What the ledger remembers: enrollments and their entries."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence.model.plan import Action

__all__ = ["Enrollment", "Entry", "History", "State"]


class State(StrEnum):
    """Where an entry stands. Sent with the outcome unknown is IN_DOUBT; only a person settles PARKED."""

    PLANNED = "planned"
    SENDING = "sending"
    SCHEDULED = "scheduled"
    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    PARKED = "parked"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One sequence applied to one record. `number` is 1 for the first time, 2 for the next.

    `revision` grows with whatever is decided about it; what is sent does not change it.
    """

    key: str
    sequence: str
    record_id: str
    object: str
    number: int
    start: datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity in the ledger.

    `key` is deterministic over target, sequence, record, enrollment number, step and occurrence. `activity_id` is the
    CRM's id once known. `due_at` and `body` are what the CRM was last known to hold, or what is to be created; the note
    is dropped once it is scheduled. `pending` is a move, reassign or cancel that was approved and is not yet known to
    be done, `patch` the fields it changes. `unclear_until` is when a send in doubt may be probed, `not_before` when the
    next request may go out, `absent` how many probes found nothing. `moved_to` is the due that a person gave it in the
    CRM, where that is not ours. Times are aware UTC instants.
    """

    key: str
    enrollment: str
    step: str
    occurrence: int
    state: State
    due_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    marker: str = ""
    activity_id: str | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    unclear_until: datetime | None = None
    reason: str | None = None
    completed_at: datetime | None = None
    moved_to: datetime | None = None
    activity: str = ""
    on_error: str = "stop"
    position: int = 0
    pending: Action | None = None
    patch: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    absent: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger holds for a record and a sequence, and the round-robin cursors; newest enrollment last."""

    enrollments: tuple[Enrollment, ...] = ()
    entries: tuple[Entry, ...] = ()
    cursors: Mapping[str, int] = field(default_factory=dict)

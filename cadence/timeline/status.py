"""How an activity stands, by the plan and by the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.entry import State
from cadence.model.plan import Action
from cadence.timeline.timeline import Status

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.model.entry import Entry
    from cadence.model.plan import Activity

__all__ = ["status_of"]

_BY_ACTION = {
    Action.CREATE: Status.PLANNED,
    Action.MOVE: Status.SCHEDULED,
    Action.REASSIGN: Status.SCHEDULED,
    Action.KEEP: Status.SCHEDULED,
    Action.CANCEL: Status.CANCELLED,
    Action.SKIP: Status.SKIPPED,
    Action.ESTIMATE: Status.ESTIMATE,
}
_BY_STATE = {
    State.PLANNED: Status.PLANNED,
    State.SENDING: Status.IN_DOUBT,
    State.IN_DOUBT: Status.IN_DOUBT,
    State.REJECTED: Status.REJECTED,
    State.PARKED: Status.PARKED,
    State.CANCELLED: Status.CANCELLED,
    State.COMPLETED: Status.DONE,
}


def status_of(activity: Activity, entry: Entry | None, now: datetime) -> Status:
    """Return how the activity stands. Without an *entry* the plan alone decides, and nothing is known to be done."""
    if entry is None or activity.action is Action.CANCEL:
        return _BY_ACTION[activity.action]
    if entry.state is State.SCHEDULED:
        return Status.OVERDUE if (entry.moved_to or entry.due_at) < now else Status.SCHEDULED
    return _BY_STATE[entry.state]

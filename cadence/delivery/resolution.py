"""What a person decided about an entry that the program cannot settle."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from cadence.delivery.event import Absent, Dropped, Found, Retried
from cadence.delivery.table import after
from cadence.errors import SubmissionError
from cadence.frozen import dataclass
from cadence.model.entry import Entry, State

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.delivery.event import Event

__all__ = ["Adopt", "Drop", "Resolution", "Send", "is_refused", "resolved", "retried"]

_WAYS = {
    State.IN_DOUBT: "`cadence settle` looks for it in the CRM",
    State.SENDING: "`cadence settle` looks for it in the CRM",
    State.REJECTED: "`cadence retry` sends it again; --drop gives it up",
    State.PLANNED: "`cadence settle` sends it",
}


@dataclass(frozen=True, slots=True)
class Adopt:
    """It is in the CRM, under this id."""

    activity_id: str


@dataclass(frozen=True, slots=True)
class Send:
    """It is not in the CRM: send it."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Leave it, whatever is in the CRM."""


Resolution = Adopt | Send | Drop


def resolved(entry: Entry, resolution: Resolution, *, at: datetime) -> Entry:
    """Return *entry* as a person decided. Raises SubmissionError where it is not theirs to decide."""
    may_be_dropped = isinstance(resolution, Drop) and is_refused(entry)
    if entry.state is not State.PARKED and not may_be_dropped:
        refused = "; the CRM refused a change of it" if entry.state is State.SCHEDULED and is_refused(entry) else ""
        raise SubmissionError(
            f"step '{entry.step}' is {str(entry.state).replace('_', ' ')}, expected one that is parked{refused}",
            hint=_WAYS[State.REJECTED] if refused else _WAYS.get(entry.state, "nothing is to be decided about it"),
        )
    if isinstance(resolution, Send) and _is_without_its_note(entry):
        raise SubmissionError(
            f"step '{entry.step}' cannot be sent again: the ledger keeps no note of what was scheduled once",
            hint="--drop it and apply the sequence again",
        )
    return after(entry, _event(resolution, at))


def retried(entry: Entry) -> Entry:
    """Return an entry that was refused as one to be tried again."""
    return after(entry, Retried())


def is_refused(entry: Entry) -> bool:
    """Return whether the CRM refused the entry, or a change of it."""
    change = entry.state is State.SCHEDULED and entry.pending is not None and bool(entry.reason)
    return change or entry.state is State.REJECTED


def _is_without_its_note(entry: Entry) -> bool:
    """Return whether the entry was scheduled once: its note was dropped then."""
    lacks_marker = bool(entry.marker) and entry.marker not in str(entry.body.get("note", ""))
    return entry.activity_id is not None or lacks_marker


def _event(resolution: Resolution, at: datetime) -> Event:
    match resolution:
        case Adopt(activity_id=activity_id):
            return Found(activity_id)
        case Send():
            return Absent(at)
        case Drop():
            return Dropped()
        case unreachable:
            assert_never(unreachable)

"""What to do next about an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from cadence.delivery.patching import emptied, patchable
from cadence.frozen import dataclass
from cadence.model.entry import Entry, State
from cadence.model.plan import Action
from cadence.model.sequence import OnError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Create", "Delete", "Done", "Move", "Patch", "Probe", "Recover", "Stop", "Wait", "holds_up", "next_move"]


@dataclass(frozen=True, slots=True)
class Create:
    """Journal the intent, then POST the entry's body."""


@dataclass(frozen=True, slots=True)
class Patch:
    """PATCH the activity with `body`; repeating it does no harm."""

    activity_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE the activity; repeating it does no harm."""

    activity_id: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Look for the activity in the CRM."""


@dataclass(frozen=True, slots=True)
class Recover:
    """A run ended while it was sending this: it is in doubt since it was sent."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing before `until`; `doubtful` where that is the quiet period of a send in doubt."""

    until: datetime
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more can be done by the program."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do."""


Move = Create | Patch | Delete | Probe | Recover | Wait | Stop | Done


def next_move(entry: Entry, now: datetime) -> Move:  # noqa: PLR0911 - a row of the table a return
    """Return the next move for *entry*, by its state and the time alone."""
    match entry.state:
        case State.PLANNED:
            return _wait(entry.not_before, now, doubtful=False) or Create()
        case State.SENDING:
            return Recover()
        case State.IN_DOUBT:
            return _wait(entry.unclear_until, now, doubtful=True) or Probe()
        case State.SCHEDULED if entry.pending is None:
            return Done()
        case State.SCHEDULED if entry.reason is not None:
            return Stop()
        case State.SCHEDULED:
            return _wait(entry.not_before, now, doubtful=False) or _change(entry)
        case State.REJECTED | State.PARKED:
            return Stop()
        case State.CANCELLED | State.COMPLETED:
            return Done()
        case unreachable:
            assert_never(unreachable)


def holds_up(entry: Entry) -> bool:
    """Return whether the entries after this one have to wait for it: what is not settled always does, and what was
    refused does unless its step continues on errors.
    """  # noqa: D205 - one sentence
    if entry.state in (State.CANCELLED, State.COMPLETED) or (entry.state is State.SCHEDULED and entry.pending is None):
        return False
    refused = entry.state in (State.REJECTED, State.PARKED) or (entry.state is State.SCHEDULED and bool(entry.reason))
    return not refused or entry.on_error == OnError.STOP


def _wait(until: datetime | None, now: datetime, *, doubtful: bool) -> Wait | None:
    return Wait(until, doubtful) if until is not None and now < until else None


def _change(entry: Entry) -> Move:
    if entry.activity_id is None:
        return Stop()
    if entry.pending is Action.CANCEL:
        return Delete(entry.activity_id)
    return Patch(entry.activity_id, emptied(patchable(entry.patch)))

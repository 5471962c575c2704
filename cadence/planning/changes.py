"""What apply has to do about an activity, given what the ledger holds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from cadence.model.entry import State
from cadence.model.plan import Action

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.model.entry import Entry

__all__ = [
    "Change",
    "assigned_in",
    "change_for",
    "fixed_due",
    "is_completed",
    "is_pending",
    "is_touch",
    "leftover",
    "stays_cancelled",
]


class Change(NamedTuple):
    """The action, and why where that is not plain."""

    action: Action
    reason: str | None = None


def fixed_due(entry: Entry, now: datetime, *, force: bool) -> datetime | None:
    """Return the due that nothing changes any more, None where the entry may still be moved.

    That is so for what is over, for what may be on its way, and, but for *force*, for what a person moved in the CRM.
    """
    match entry.state:
        case State.PLANNED | State.REJECTED | State.CANCELLED | State.SENDING | State.IN_DOUBT:
            return None
        case State.SCHEDULED:
            if entry.moved_to is not None and not force:
                return entry.moved_to
            return entry.due_at if entry.due_at < now and entry.pending is None else None
        case State.COMPLETED | State.PARKED:
            return entry.due_at
        case unreachable:
            assert_never(unreachable)


def is_pending(entry: Entry, now: datetime) -> bool:
    """Whether it is scheduled, or yet to be, and may be cancelled."""
    if entry.state is State.SCHEDULED:
        return entry.due_at >= now or entry.pending is not None
    return entry.state in (State.PLANNED, State.REJECTED)


def is_completed(entry: Entry) -> bool:
    """Whether it was done."""
    return entry.state is State.COMPLETED


def is_touch(entry: Entry) -> bool:
    """Whether the record was or will be touched by it."""
    return entry.state not in (State.CANCELLED, State.REJECTED)


def stays_cancelled(entry: Entry, now: datetime, *, due: datetime) -> bool:
    """Whether it was cancelled, and is too late to be wanted again for *due*."""
    return entry.state is State.CANCELLED and due < now


def change_for(  # noqa: PLR0911 - one for each state
    entry: Entry, now: datetime, *, due: datetime, assigned: tuple[str, str] | None, force: bool
) -> Change:
    """Return what to do about an entry whose step is still wanted; *assigned* is the body's field and id."""
    match entry.state:
        case State.PLANNED:
            return Change(Action.CREATE, "was not sent yet")
        case State.REJECTED:
            return Change(Action.CREATE, f"was rejected: {entry.reason}" if entry.reason else "was rejected")
        case State.SENDING | State.IN_DOUBT:
            return Change(Action.CREATE, "was sent and the outcome is unknown: it is looked for first")
        case State.PARKED:
            return Change(Action.KEEP, "its outcome is unclear: decide with `cadence resolve`")
        case State.COMPLETED:
            return Change(Action.KEEP, "is completed")
        case State.CANCELLED if stays_cancelled(entry, now, due=due):
            return Change(Action.SKIP, "was cancelled, and its due has passed")
        case State.CANCELLED:
            return Change(Action.CREATE, "was cancelled and is wanted again")
        case State.SCHEDULED:
            return _for_scheduled(entry, now, due=due, assigned=assigned, force=force)
        case unreachable:
            assert_never(unreachable)


def leftover(entry: Entry, now: datetime, *, reason: str) -> Change:
    """Return what to do about an entry that the sequence no longer wants, and why it does not.

    One that may be in the CRM is cancelled too: it is looked for, and deleted where it is found.
    """
    if is_pending(entry, now) or entry.state in (State.SENDING, State.IN_DOUBT):
        return Change(Action.CANCEL, reason)
    if entry.state is State.CANCELLED:
        return Change(Action.SKIP, f"was cancelled: {reason}")
    return change_for(entry, now, due=entry.due_at, assigned=None, force=False)


def _for_scheduled(
    entry: Entry, now: datetime, *, due: datetime, assigned: tuple[str, str] | None, force: bool
) -> Change:
    if entry.moved_to is not None and not force:
        return Change(Action.KEEP, "was moved in the CRM, and stays")
    if entry.due_at < now and entry.pending is None:
        return Change(Action.KEEP, "its due has passed")
    if due != (entry.moved_to or entry.due_at):
        return Change(Action.MOVE)
    if assigned != assigned_in(entry):
        return Change(Action.REASSIGN)
    if entry.pending is not None:
        return Change(Action.MOVE, f"its {entry.pending} was not confirmed: the CRM is told anew")
    return Change(Action.KEEP)


def assigned_in(entry: Entry) -> tuple[str, str] | None:
    """Return the field by which the entry was assigned, and the id in it."""
    for name in ("employee_id", "role_id"):
        if entry.body.get(name):
            return name, str(entry.body[name])
    return None

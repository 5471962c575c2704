"""What an approved plan makes of the entries the ledger holds.

A plan that is applied again changes nothing that it already did: a create of what is scheduled as it is wanted is left
alone, and what was begun goes on where it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

from cadence.delivery.patching import difference, due_of, without_note
from cadence.model.entry import Entry, State
from cadence.model.plan import Action, Activity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["created", "revised"]

_PEOPLE = frozenset({"employee_id", "role_id"})
_COMPARED = _PEOPLE | {"due_datetime"}


def created(activity: Activity, enrollment: str, *, position: int) -> Entry:
    """Return the entry for a create that the ledger does not know yet; its `due_at` must be known."""
    assert activity.due_at is not None, f"a create of step '{activity.step}' without a due"  # noqa: S101 - the planner's promise
    return Entry(
        key=activity.key,
        enrollment=enrollment,
        step=activity.step,
        occurrence=activity.occurrence,
        state=State.PLANNED,
        due_at=activity.due_at,
        body=dict(activity.body or {}),
        marker=activity.marker,
        activity=activity.activity,
        on_error=activity.on_error,
        position=position,
    )


def revised(entry: Entry, activity: Activity, *, position: int) -> Entry:
    """Return *entry* as the plan's *activity* for it wants it; the same entry where there is nothing to change.

    A renamed step takes its entry along: the next rename starts from the name of now. What is parked, or to be changed,
    takes its place from the plan, too: it holds up what comes after it.
    """
    if entry.step != activity.step:
        entry = replace(entry, step=activity.step)
    wanted = _wanted(entry, activity, position)
    is_to_be_changed = wanted.state is State.SCHEDULED and wanted.pending is not None
    if wanted.position != position and (is_to_be_changed or wanted.state is State.PARKED):
        return replace(wanted, position=position)
    return wanted


def _wanted(entry: Entry, activity: Activity, position: int) -> Entry:
    match activity.action:
        case Action.CREATE:
            return _create(entry, activity, position)
        case Action.MOVE | Action.REASSIGN:
            return _change(replace(entry, position=position), activity)
        case Action.CANCEL:
            return _cancel(entry)
        case Action.SKIP | Action.ESTIMATE:
            return entry if entry.state in (State.SCHEDULED, State.COMPLETED) else _cancel(entry)
        case Action.KEEP:
            return _undo(entry)
        case unreachable:
            assert_never(unreachable)


def _create(entry: Entry, activity: Activity, position: int) -> Entry:
    fresh = created(activity, entry.enrollment, position=position)
    match entry.state:
        case State.PLANNED:
            return replace(fresh, attempts=entry.attempts, not_before=entry.not_before)
        case State.CANCELLED if entry.sent_at is None or entry.activity_id is not None:
            return replace(fresh, attempts=entry.attempts, not_before=entry.not_before)
        case State.REJECTED | State.CANCELLED:
            # It was sent once and never found: refused, or given up while nobody knew. Some gateways answer 403 for
            # what was done all the same, so it is looked for before it is sent again, as it was sent then; what is new
            # about it is a change.
            doubt = replace(entry, state=State.IN_DOUBT, position=position, on_error=fresh.on_error)
            doubt = replace(doubt, unclear_until=None, not_before=None, absent=0, reason=None)
            return _with_patch(doubt, difference(entry.body, fresh.body))
        case State.SENDING | State.IN_DOUBT:
            return _with_patch(replace(entry, position=position), difference(entry.body, fresh.body))
        case State.SCHEDULED:
            return _sent_since(entry, fresh)
        case State.PARKED | State.COMPLETED:
            return entry
        case unreachable:
            assert_never(unreachable)


def _sent_since(entry: Entry, fresh: Entry) -> Entry:
    """Return what was sent since the plan was made, as it was wanted then: what the plan wants anew is a change."""
    new = {name: value for name, value in difference(entry.body, fresh.body).items() if name in _COMPARED}
    if entry.moved_to is not None or not (new or entry.pending):
        return entry
    return _with_patch(replace(entry, reason=None), {**_undoing(entry), **new} or _same_due(entry))


def _change(entry: Entry, activity: Activity) -> Entry:
    patch = {**entry.patch, **(activity.body or {})}
    match entry.state:
        case State.PLANNED:
            body = {name: value for name, value in {**entry.body, **patch}.items() if value is not None}
            return replace(entry, body=body, due_at=due_of(body) or entry.due_at)
        case State.SCHEDULED:
            # The plan counts from what the CRM was last known to hold, and a change that was pending may be in it.
            wanted = {**_undoing(entry), **(activity.body or {})}
            return replace(entry, pending=activity.action, patch=wanted, reason=None)
        case State.SENDING | State.IN_DOUBT:
            return _with_patch(entry, patch)
        case State.REJECTED | State.PARKED | State.CANCELLED | State.COMPLETED:
            return entry
        case unreachable:
            assert_never(unreachable)


def _cancel(entry: Entry) -> Entry:
    match entry.state:
        case State.REJECTED:
            # It may have been done all the same, as for a create: it is looked for, and deleted where it is found.
            doubt = replace(entry, state=State.IN_DOUBT, pending=Action.CANCEL, patch={})
            return replace(doubt, unclear_until=None, not_before=None, absent=0, reason=None)
        case State.PLANNED:
            cancelled = replace(entry, state=State.CANCELLED, pending=None, patch={}, not_before=None, reason=None)
            return without_note(cancelled)
        case State.SENDING | State.IN_DOUBT:
            return replace(entry, pending=Action.CANCEL, patch={})
        case State.SCHEDULED:
            return replace(entry, pending=Action.CANCEL, patch={}, reason=None)
        case State.PARKED | State.CANCELLED | State.COMPLETED:
            return entry
        case unreachable:
            assert_never(unreachable)


def _undo(entry: Entry) -> Entry:
    """Return *entry* with a change that may or may not have reached the CRM turned back to what was kept."""
    match entry.state:
        case State.SCHEDULED if entry.pending is not None:
            return replace(entry, pending=Action.MOVE, patch=_undoing(entry) or _same_due(entry), reason=None)
        case State.SENDING | State.IN_DOUBT:
            return replace(entry, pending=None, patch={})
        case State.PARKED if entry.pending is Action.CANCEL:
            return replace(entry, pending=None, patch={})  # once a person has decided, it is to stay
        case State.SCHEDULED | State.PLANNED | State.REJECTED | State.PARKED | State.CANCELLED | State.COMPLETED:
            return entry
        case unreachable:
            assert_never(unreachable)


def _undoing(entry: Entry) -> dict[str, Any]:
    """Return the patch that undoes what a plan would undo of the pending one: plans compare these fields alone."""
    return {name: entry.body.get(name) if name in _COMPARED else value for name, value in entry.patch.items()}


def _same_due(entry: Entry) -> dict[str, Any]:
    """Return the patch that undoes a pending cancel: it changes nothing, and fails where the activity is gone."""
    return {"due_datetime": entry.body.get("due_datetime")}


def _with_patch(entry: Entry, patch: Mapping[str, Any]) -> Entry:
    if not patch:
        return replace(entry, pending=None, patch={})
    pending = Action.REASSIGN if set(patch) <= _PEOPLE else Action.MOVE
    return replace(entry, pending=pending, patch=dict(patch))

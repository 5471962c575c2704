"""How entries stand in this service now: the ledger knows what was sent, the service what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.model.entry import State
from cadence.model.plan import Action
from cadence.server.instant import from_micros
from cadence.server.store.scheduled import standing
from cadence.timing.instants import format_local, from_datetime
from cadence.timing.zones import zone as zone_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from cadence.model.entry import Entry
    from cadence.model.plan import Activity, Plan

__all__ = ["as_seen", "as_they_stand"]

_GONE, _DONE, _MOVED = "is not in the CRM any more", "is completed", "was moved in the CRM, and stays"


def as_they_stand(connection: Connection, business_id: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return *entries*, those that are scheduled with what the service has: done, moved, or gone."""
    listed = tuple(entries)
    found = standing(connection, business_id, {entry.activity_id for entry in listed if entry.activity_id})
    return tuple(_standing(entry, found) for entry in listed)


def _standing(entry: Entry, found: dict[str, tuple[int, int | None]]) -> Entry:
    if entry.state is not State.SCHEDULED or entry.activity_id is None:
        return entry
    if entry.activity_id not in found:
        return replace(entry, reason=_GONE)
    due, completed = found[entry.activity_id]
    due_at = from_micros(due)
    moved_to = None if due_at == entry.due_at else due_at
    if completed is None:
        return replace(entry, moved_to=moved_to)
    return replace(entry, state=State.COMPLETED, completed_at=from_micros(completed), moved_to=moved_to)


def as_seen(plan: Plan, entries: Mapping[str, Entry]) -> Plan:
    """Return *plan* to be drawn with what has become of *entries*, by key; what it would change stays as it is."""
    enrollments = (
        replace(each, activities=tuple(_seen(activity, entries.get(activity.key)) for activity in each.activities))
        for each in plan.enrollments
    )
    return replace(plan, enrollments=tuple(enrollments))


def _seen(activity: Activity, entry: Entry | None) -> Activity:
    if entry is None or activity.action is not Action.KEEP:
        return activity
    if entry.state is State.COMPLETED:
        activity = replace(activity, reason=_DONE)
    elif entry.moved_to is not None:
        activity = replace(activity, reason=_MOVED)
    if entry.moved_to is None or entry.moved_to == activity.due_at:
        return activity
    local = format_local(from_datetime(entry.moved_to), zone_named(activity.zone))
    return replace(activity, due_at=entry.moved_to, local=local)

"""One activity as a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.planning.leave import leave_spans
from cadence.timeline.route import anchor_of, moves_of
from cadence.timeline.status import status_of
from cadence.timeline.timeline import Lane
from cadence.timing.instants import from_datetime
from cadence.timing.zones import zone as zone_named
from cadence.wording.dates import spoken, spoken_in, spoken_utc
from cadence.wording.plans import step_name, what_moved_it

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.model.entry import Entry
    from cadence.model.plan import Activity, EnrollmentPlan
    from cadence.timeline.surroundings import Surroundings
    from cadence.timing.hours import Interval

__all__ = ["lane_of"]


def lane_of(activity: Activity, enrollment: EnrollmentPlan, *, now: datetime, around: Surroundings) -> Lane:
    """Return the lane of *activity*, on the first backdrop."""
    entry, zone = around.entries.get(activity.key), zone_named(activity.zone)
    left = _left(activity, entry)
    return Lane(
        name=step_name(activity),
        title=_title(activity, around),
        what=activity.activity,
        who=activity.assignee.name if activity.assignee else "",
        action=activity.action,
        status=status_of(activity, entry, now),
        due=from_datetime(activity.due_at) if activity.due_at else None,
        said=spoken(activity.local) if activity.local else "no due",
        elsewhere=_elsewhere(activity, around.viewer),
        universal=spoken_utc(activity.due_at),
        zone=activity.zone if activity.zone != enrollment.zone else "",
        note=str((activity.body or {}).get("note") or "").removesuffix(activity.marker).rstrip(),
        anchor=anchor_of(activity, zone),
        moves=moves_of(activity, zone),
        left=from_datetime(left) if left else None,
        drift=entry is not None and entry.moved_to is not None,
        reasons=what_moved_it(activity),
        why=activity.why,
        leave=_leave(activity, around),
    )


def _title(activity: Activity, around: Surroundings) -> str:
    steps = around.sequence.steps if around.sequence else ()
    return next((step.title for step in steps if step.id == activity.step), "")


def _left(activity: Activity, entry: Entry | None) -> datetime | None:
    """Return the due that the activity had before: that of a move, or ours where a person chose another."""
    if activity.previous_due_at is not None:
        return activity.previous_due_at
    return entry.due_at if entry is not None and entry.moved_to is not None else None


def _elsewhere(activity: Activity, viewer: str | None) -> str:
    """Return the due on the viewer's clocks, empty where they show the same."""
    if viewer is None or activity.due_at is None:
        return ""
    there = spoken_in(viewer, activity.due_at)
    return "" if there == spoken_in(activity.zone, activity.due_at) else f"{there}, {viewer}"


def _leave(activity: Activity, around: Surroundings) -> tuple[Interval, ...]:
    person = next((each for each in around.team if activity.assignee and each.id == activity.assignee.id), None)
    return tuple(leave_spans(person, zone_named(person.timezone or activity.zone))) if person else ()

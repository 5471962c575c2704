"""A plan's dues as events for people's calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.plan import Action
from cadence.timeline.feed import CANCELLED, CONFIRMED, TENTATIVE, Event, calendar_feed
from cadence.wording.dates import spoken
from cadence.wording.plans import step_name, what_moved_it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["plan_events", "plan_ics"]

_STATUS = {Action.CANCEL: CANCELLED, Action.ESTIMATE: TENTATIVE}


def plan_ics(plan: Plan) -> bytes:
    """Return the plan as an iCalendar file. Raises ConfigError where the package icalendar is missing."""
    names = ", ".join(dict.fromkeys(enrollment.sequence for enrollment in plan.enrollments))
    return calendar_feed(f"Cadence: {names}" if names else "Cadence", plan_events(plan))


def plan_events(plan: Plan) -> Iterator[Event]:
    """Yield an event for each activity that has or had its place in the CRM: skipped ones have none.

    What is to be cancelled is an event that is cancelled, an estimate a tentative one.
    """
    for enrollment in plan.enrollments:
        for activity in enrollment.activities:
            if activity.action is not Action.SKIP and activity.due_at is not None:
                yield Event(
                    uid=f"{activity.key}@cadence",
                    at=activity.due_at,
                    title=f"{step_name(activity)}: {activity.activity} for {enrollment.record.label}",
                    modified=plan.now,
                    description="\n".join(_description(activity, enrollment)),
                    status=_STATUS.get(activity.action, CONFIRMED),
                )


def _description(activity: Activity, enrollment: EnrollmentPlan) -> Iterator[str]:
    yield f"{enrollment.sequence}, due {spoken(activity.local or '')} in {activity.zone}"
    if activity.assignee:
        yield f"for {activity.assignee.name}"
    yield from what_moved_it(activity)
    yield ""
    yield from (f"{line.rule}: {line.reason}" for line in activity.why)

"""A plan as a team lead reads it: what is due when, for whom, and what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.cli.table import Row, draw
from cadence.cli.text import wrap
from cadence.model.plan import Action
from cadence.wording.counts import plan_words
from cadence.wording.dates import in_column, spoken, spoken_in
from cadence.wording.plans import step_name, what_moved_it
from cadence.wording.text import printable

if TYPE_CHECKING:
    from cadence.cli.screen import Screen
    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["heading", "plan_text"]

_WIDE = 132
_SIGNS = {
    Action.CREATE: ("+", ""),
    Action.MOVE: ("~", "warn"),
    Action.REASSIGN: ("~", "warn"),
    Action.CANCEL: ("-", "bad"),
    Action.KEEP: ("=", "dim"),
    Action.SKIP: (".", "dim"),
    Action.ESTIMATE: ("?", "dim"),
}


def plan_text(plan: Plan, screen: Screen) -> str:
    """Return the plan as text: a table per enrollment, then the counts."""
    parts = [_enrollment_text(enrollment, plan, screen) for enrollment in plan.enrollments]
    counts = [screen.paint(line, "strong") for line in wrap(plan_words(plan.counts), screen.width)]
    return "\n\n".join([*parts, "\n".join(counts)]) + "\n"


def heading(enrollment: EnrollmentPlan, plan: Plan, screen: Screen) -> str:
    """Return the lines above an enrollment: what for whom, then from when, in which zone, for which target."""
    title = f"{enrollment.sequence} for {printable(enrollment.record.label)}"
    target = plan.target.name if plan.target else "none"
    place = f"zone {enrollment.zone}, target {target}"
    started = "starts" if enrollment.is_new else "started"
    variant = f", variant {enrollment.variant}" if enrollment.variant else ""
    start = spoken_in(enrollment.zone, enrollment.start)
    return "\n".join([screen.paint(title, "strong"), *wrap(f"{started} {start}, {place}{variant}", screen.width)])


def _enrollment_text(enrollment: EnrollmentPlan, plan: Plan, screen: Screen) -> str:
    wide = screen.width >= _WIDE
    rows = [_row(activity, enrollment, wide=wide) for activity in enrollment.activities]
    titles = ["", "STEP", "WHAT", "DUE", "WHO", "WHY"]
    table = draw(titles, rows, screen) if rows else "no steps"
    return f"{heading(enrollment, plan, screen)}\n\n{table}"


def _row(activity: Activity, enrollment: EnrollmentPlan, *, wide: bool) -> Row:
    sign, tone = _SIGNS[activity.action]
    reasons = what_moved_it(activity)
    who = activity.assignee.name if activity.assignee else ""
    cells = (sign, step_name(activity), activity.activity, _due(activity, enrollment), who)
    return Row((*cells, "; ".join(reasons) if wide else ""), tone, () if wide else reasons)


def _due(activity: Activity, enrollment: EnrollmentPlan) -> str:
    if activity.local is None:
        return ""
    elsewhere = f" {activity.zone}" if activity.zone != enrollment.zone else ""
    return in_column(spoken(activity.local)) + elsewhere

"""A plan as a team lead reads it: what is due when, for whom, and what moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.cli.dates import in_column, spoken, spoken_in
from cadence.cli.table import Row, draw
from cadence.cli.text import printable, wrap
from cadence.cli.words import plan_words
from cadence.model.plan import Action

if TYPE_CHECKING:
    from cadence.cli.screen import Screen
    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["heading", "plan_text", "step_name", "what_moved_it"]

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
_STATES = {
    Action.CREATE: "create",
    Action.MOVE: "move",
    Action.REASSIGN: "reassign",
    Action.CANCEL: "cancel",
    Action.KEEP: "kept",
    Action.SKIP: "skipped",
    Action.ESTIMATE: "estimate",
}
_ORDINARY = frozenset({"anchor", "offset", "weekday", "time", "slot", "exact", "assignee"})


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


def step_name(activity: Activity) -> str:
    """Return the step's id, with its occurrence where it repeats."""
    return f"{activity.step} #{activity.occurrence}" if activity.occurrence > 1 else activity.step


def what_moved_it(activity: Activity) -> tuple[str, ...]:
    """Return, in words, why it is not simply its due: what it waits for, or the rules that moved it."""
    lines = [f"{_STATES[activity.action]}: {activity.reason}"] if activity.reason else []
    if activity.action is Action.SKIP:
        return tuple(lines)
    if activity.previous_due_at:
        lines.append(f"was due {spoken_in(activity.zone, activity.previous_due_at)}")
    return (*lines, *(line.reason for line in activity.why if line.rule not in _ORDINARY and line.taken != line.given))


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

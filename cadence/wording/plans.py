"""What a plan says of an activity, in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.plan import Action
from cadence.wording.dates import spoken_in

if TYPE_CHECKING:
    from cadence.model.plan import Activity

__all__ = ["ACTION_WORDS", "step_name", "what_moved_it"]

ACTION_WORDS = {
    Action.CREATE: "create",
    Action.MOVE: "move",
    Action.REASSIGN: "reassign",
    Action.CANCEL: "cancel",
    Action.KEEP: "kept",
    Action.SKIP: "skipped",
    Action.ESTIMATE: "estimate",
}
_ORDINARY = frozenset({"anchor", "offset", "weekday", "time", "slot", "exact", "assignee"})


def step_name(activity: Activity) -> str:
    """Return the step's id, with its occurrence where it repeats."""
    return f"{activity.step} #{activity.occurrence}" if activity.occurrence > 1 else activity.step


def what_moved_it(activity: Activity) -> tuple[str, ...]:
    """Return, in words, why it is not simply its due: what it waits for, or the rules that moved it."""
    lines = [f"{ACTION_WORDS[activity.action]}: {activity.reason}"] if activity.reason else []
    if activity.action is Action.SKIP:
        return tuple(lines)
    if activity.previous_due_at:
        lines.append(f"was due {spoken_in(activity.zone, activity.previous_due_at)}")
    return (*lines, *(line.reason for line in activity.why if line.rule not in _ORDINARY and line.taken != line.given))

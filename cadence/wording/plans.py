"""What a plan says of an activity, in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.plan import Action
from cadence.wording.dates import spoken, spoken_in

if TYPE_CHECKING:
    from cadence.model.plan import Activity, Why

__all__ = ["ACTION_WORDS", "is_ordinary", "passage", "step_name", "what_moved_it"]

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
    if activity.previous_due_at and activity.previous_due_at != activity.due_at:
        lines.append(f"was due {spoken_in(activity.zone, activity.previous_due_at)}")
    return (*lines, *(line.reason for line in activity.why if not is_ordinary(line) and line.taken != line.given))


def is_ordinary(line: Why) -> bool:
    """Whether the line belongs to every due, as its anchor and its offset do; the others moved it or explain it."""
    return line.rule in _ORDINARY


def passage(line: Why) -> str:
    """Return what a line of a why took and gave, spoken: "Fri 27 Nov 2026 -> Mon 30 Nov 2026", or the one it has."""
    taken, given = spoken(line.taken or ""), spoken(line.given or "")
    return f"{taken} -> {given}" if taken and given and taken != given else given or taken

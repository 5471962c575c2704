"""How much a plan gives to whom on which day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cadence.model.plan import Action

if TYPE_CHECKING:
    from cadence.model.plan import Plan

__all__ = ["DayLoad", "forecast"]

_WORK = frozenset({Action.CREATE, Action.MOVE, Action.REASSIGN, Action.KEEP, Action.ESTIMATE})


class DayLoad(NamedTuple):
    """The activities that fall to somebody on one local date; `assignee` is a name, empty for nobody."""

    day: date
    assignee: str
    activities: int


def forecast(plan: Plan) -> tuple[DayLoad, ...]:
    """Return the load by day and then by assignee; estimates count, what is cancelled or skipped does not."""
    counts = Counter(
        (date.fromisoformat(activity.local[:10]), activity.assignee.name if activity.assignee else "")
        for activity in plan.activities
        if activity.action in _WORK and activity.local is not None
    )
    return tuple(DayLoad(day, name, count) for (day, name), count in sorted(counts.items()))

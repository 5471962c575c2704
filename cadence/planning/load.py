"""How much a plan gives to whom on which day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cadence.model.plan import Action
from cadence.planning.problem import warning
from cadence.planning.words import day_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cadence.diagnostics import Finding
    from cadence.model.people import Employee
    from cadence.model.plan import Assignee, EnrollmentPlan, Plan

__all__ = ["FULL_DAY", "DayLoad", "forecast", "heavy_days", "heavy_days_of"]

FULL_DAY = 40
"""How many activities a person can be given on one day without a finding: twelve minutes for each, in eight hours."""

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


def heavy_days(enrollments: tuple[EnrollmentPlan, ...], busy: Mapping[tuple[str, int], int]) -> Iterator[Finding]:
    """Yield a warning for everybody who gets more than FULL_DAY activities on one day.

    *busy* counts what is to be done by assignee's id and local day. A role is shared by many and has no full day.
    """
    for who, days in _full_days(busy).items():
        assignee = _assignee(enrollments, who)
        if assignee is not None and not assignee.is_role:
            yield _heavy(assignee.name, days)


def heavy_days_of(team: tuple[Employee, ...], busy: Mapping[tuple[str, int], int]) -> Iterator[Finding]:
    """Yield the same for the people of *team*, where the activities are no longer at hand."""
    names = {employee.id: employee.name or employee.id for employee in team}
    for who, days in _full_days(busy).items():
        if who in names:
            yield _heavy(names[who], days)


def _full_days(busy: Mapping[tuple[str, int], int]) -> dict[str, list[tuple[int, int]]]:
    """Return by person how much and on which day, the day negated, so that the greatest pair is the earliest day."""
    heavy: dict[str, list[tuple[int, int]]] = {}
    for (who, day), count in busy.items():
        if count > FULL_DAY:
            heavy.setdefault(who, []).append((count, -day))
    return heavy


def _heavy(name: str, days: list[tuple[int, int]]) -> Finding:
    count, day = max(days)
    others = len(days) - 1
    more = (
        f", and more than {FULL_DAY} on {others} other day{'s' * (others > 1)}" if others else f", more than {FULL_DAY}"
    )
    message = f"{name} gets {count} activities on {day_words(-day)}{more}"
    return warning("heavy-day", message, hint="spread them over days or people, as with max_per_day per assignee")


def _assignee(enrollments: tuple[EnrollmentPlan, ...], who: str) -> Assignee | None:
    """Return the assignee with that id; so many activities are only read where somebody's day is full."""
    everything = (activity.assignee for enrollment in enrollments for activity in enrollment.activities)
    return next((assignee for assignee in everything if assignee is not None and assignee.id == who), None)

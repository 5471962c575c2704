"""How each due date came about, as a story: from what, by which rule, to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.cli.planview import heading
from cadence.cli.text import pad, width_of, wrap
from cadence.wording.dates import spoken
from cadence.wording.plans import passage, step_name
from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.cli.screen import Screen
    from cadence.model.plan import Activity, EnrollmentPlan, Plan, Why

__all__ = ["story_text"]


def story_text(plan: Plan, screen: Screen) -> str:
    """Return the whole why of every activity of the plan."""
    return "\n\n".join(_chapter(enrollment, plan, screen) for enrollment in plan.enrollments) + "\n"


def _chapter(enrollment: EnrollmentPlan, plan: Plan, screen: Screen) -> str:
    stories = ["\n".join(_story(activity, screen)) for activity in enrollment.activities]
    return "\n\n".join([heading(enrollment, plan, screen), *stories])


def _story(activity: Activity, screen: Screen) -> Iterator[str]:
    yield screen.paint(_ending(activity), "strong")
    column = max((width_of(line.rule) for line in activity.why), default=0)
    for line in activity.why:
        yield from _scene(line, column, screen)
    if activity.reason:
        yield from (f"  {part}" for part in wrap(printable(activity.reason), screen.width - 2))


def _ending(activity: Activity) -> str:
    due = f"due {spoken(activity.local)}" if activity.local else "no due"
    who = f", {activity.assignee.name}" if activity.assignee else ""
    return printable(f"{step_name(activity)}: {activity.activity}, {due}{who} ({activity.action})")


def _scene(line: Why, column: int, screen: Screen) -> Iterator[str]:
    indent = column + 4
    first, *rest = wrap(printable(line.reason), screen.width - indent)
    yield f"  {pad(line.rule, column)}  {first}"
    yield from (" " * indent + part for part in rest)
    for part in wrap(printable(passage(line)), screen.width - indent):
        if part:
            yield screen.paint(" " * indent + part, "dim")

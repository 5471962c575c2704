"""A plan as plain text, for print and for logs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["plan_text"]

_SHOWN = 20
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plan_text(plan: Plan) -> str:
    """Return the plan as a table per enrollment, the first twenty, and the counts."""
    blocks = ["\n".join(_enrollment(enrollment)) for enrollment in plan.enrollments[:_SHOWN]]
    if len(plan.enrollments) > _SHOWN:
        blocks.append(f"... and {len(plan.enrollments) - _SHOWN} more")
    counts = Counter(activity.action for activity in plan.activities)
    said = [f"{count} {'to ' if action.is_change else ''}{action}" for action, count in counts.items()]
    return "\n\n".join([*blocks, ", ".join(said) or "nothing to do"])


def _enrollment(enrollment: EnrollmentPlan) -> Iterator[str]:
    yield f"{enrollment.sequence} for {enrollment.record.label}, in {enrollment.zone}"
    rows = [_row(activity) for activity in enrollment.activities]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(activity: Activity) -> tuple[str, str, str, str, str]:
    number = f" ({activity.occurrence})" if activity.occurrence > 1 else ""
    who = activity.assignee.name if activity.assignee else ""
    return f"{activity.step}{number}", str(activity.action), _when(activity.local), who, activity.reason or ""


def _when(local: str | None) -> str:
    """Return "Tue 24 Nov 2026 10:00 -05:00" for what RFC 9557 writes as 2026-11-24T10:00:00-05:00[...]."""
    if local is None:
        return "no due"
    on = date.fromisoformat(local[:10])
    return (
        f"{_DAYS[on.weekday()]} {on.day:2} {_MONTHS[on.month - 1]} {on.year} {local[11:16]} {local[19:].split('[')[0]}"
    )

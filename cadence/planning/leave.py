"""Who is away when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.people import Employee
from cadence.timing.civil import DAY, date_of, day_of

if TYPE_CHECKING:
    from cadence.model.people import Leave, Role
    from cadence.timing.zones import Zone

__all__ = ["leave_at", "leave_spans"]


def leave_at(who: Employee | Role | None, utc: int, *, zone: Zone) -> Leave | None:
    """Return the leave that covers the local date of *utc* in *zone*, the employee's own; a role is never away."""
    if not isinstance(who, Employee) or not who.leave:
        return None
    day = date_of(zone.to_local(utc) // DAY)
    return next((leave for leave in who.leave if leave.first <= day <= leave.last), None)


def leave_spans(employee: Employee, zone: Zone) -> list[tuple[int, int]]:
    """Return the leave as UTC intervals `[from, to)`, whole local days in *zone*, in order."""
    spans = [(day_of(leave.first) * DAY, (day_of(leave.last) + 1) * DAY) for leave in employee.leave]
    return sorted((zone.to_utc(first), zone.to_utc(end)) for first, end in spans)

"""A scheduled activity as it stands in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ScheduledActivity"]


@dataclass(frozen=True, slots=True)
class ScheduledActivity:
    """One scheduled activity. `activity` is its type's api_name; `entities` are pairs of object id and record id.

    It is completed once `completed_at` is set. Times are in UTC.
    """

    id: str
    due_at: datetime
    activity: str
    activity_object_id: str = ""
    note: str = ""
    original_due_at: datetime | None = None
    completed_at: datetime | None = None
    logged_activity_id: str | None = None
    employee_id: str | None = None
    role_id: str | None = None
    entities: tuple[tuple[str, str], ...] = ()

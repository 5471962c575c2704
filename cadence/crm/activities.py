"""Scheduled activities: create, read, change, delete, find, complete."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from cadence.crm.transport import always
from cadence.crm.verdict import judge, judge_change, judge_deletion
from cadence.crm.wire import ScheduledWire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from cadence.crm.link import Link
    from cadence.crm.scheduled import ScheduledActivity
    from cadence.delivery.answer import Answer

__all__ = ["ActivityCalls"]

_SCHEDULED = "/api/activities/scheduled-activity"
_DAY = timedelta(days=1)


class ActivityCalls:
    """The calls on scheduled activities. Those that write answer with one of the three classes and never raise."""

    _link: Link

    async def create_activity(self, body: Mapping[str, Any], *, may_go: Callable[[], bool] = always) -> Answer:
        """Create a scheduled activity from a literal request; sent once, if *may_go* says so at the last moment."""
        return judge(await self._link.transport.send("POST", _SCHEDULED, body=dict(body), may_go=may_go))

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], *, may_go: Callable[[], bool] = always
    ) -> Answer:
        """Change some fields; repeating it is harmless."""
        path = f"{_SCHEDULED}/{quote(activity_id, safe='')}"
        outcome = await self._link.transport.send("PATCH", path, body=dict(body), may_go=may_go)
        return judge_change(outcome, activity_id)

    async def delete_activity(self, activity_id: str, *, may_go: Callable[[], bool] = always) -> Answer:
        """Delete it; one that is already gone is accepted, so that repeating a delete in doubt settles it."""
        path = f"{_SCHEDULED}/{quote(activity_id, safe='')}"
        return judge_deletion(await self._link.transport.send("DELETE", path, may_go=may_go))

    async def get_activity(self, activity_id: str) -> ScheduledActivity | None:
        """Return the activity as it stands, None where it is gone. Raises TargetError."""
        path = f"{_SCHEDULED}/{quote(activity_id, safe='')}"
        document = await self._link.read_or_none("reading a scheduled activity", path)
        return None if document is None else document.read_as(ScheduledWire).value()

    async def find_activities(  # noqa: PLR0913 - the filters of one list
        self,
        *,
        activity: str | None = None,
        due_from: datetime | None = None,
        due_to: datetime | None = None,
        employees: Sequence[str] = (),
        completed: bool | None = None,
        search: str = "",
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> AsyncIterator[ScheduledActivity]:
        """Yield scheduled activities in due order, both ends of the due window included. Raises TargetError.

        *activity* is a type's id or api_name. Whole days are asked for and the window is applied here, so that it
        does not matter whether the CRM reads its `from_date` as a date or as an instant. *turn*, where there is one, is
        awaited before every request.
        """
        query = {**_type_filter(activity), **_days(due_from, due_to), "ordering": "due_datetime"}
        if employees:
            query["employee_ids"] = ",".join(employees)
        if completed is not None:
            query["completed"] = str(completed).lower()
        if search:
            query["search"] = search
        async for row in self._link.rows("listing scheduled activities", _SCHEDULED, query=query, turn=turn):
            found = row.read_as(ScheduledWire).value()
            if (due_from is None or due_from <= found.due_at) and (due_to is None or found.due_at <= due_to):
                yield found

    async def log_activity(
        self,
        activity: str,
        *,
        scheduled_activity_id: str | None = None,
        entities: Sequence[tuple[str, str]] = (),
        notes: str = "",
    ) -> Answer:
        """Log work of the type *activity* (id or api_name), completing the scheduled activity it was."""
        body: dict[str, Any] = {
            "related_objects": [
                {"custom_object": object_id, "entity_id": record_id} for object_id, record_id in entities
            ],
            "notes": notes,
        }
        if scheduled_activity_id is not None:
            body["scheduled_activity_id"] = scheduled_activity_id
        path = f"/api/activities/{quote(activity, safe='')}/log-activity"
        return judge(await self._link.transport.send("POST", path, body=body))


def _type_filter(activity: str | None) -> dict[str, str]:
    if activity is None:
        return {}
    try:
        return {"activity_id": str(UUID(activity))}
    except ValueError:
        return {"activity_name": activity}


def _days(due_from: datetime | None, due_to: datetime | None) -> dict[str, str]:
    window = {}
    if due_from is not None:
        window["from_date"] = _midnight(due_from - _DAY)
    if due_to is not None:
        window["to_date"] = _midnight(due_to + 2 * _DAY)
    return window


def _midnight(instant: datetime) -> str:
    day = datetime.combine(instant.astimezone(UTC).date(), time(), UTC)
    return day.strftime("%Y-%m-%dT%H:%M:%SZ")

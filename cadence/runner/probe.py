"""Look in the CRM for an activity that may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.verdict import activity_type, due_window, is_candidate, judge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from cadence.delivery.event import Absent, Found, Unclear
    from cadence.model.entry import Entry
    from cadence.runner.port import Crm

__all__ = ["probe"]


async def probe(
    crm: Crm, entry: Entry, *, at: datetime, turn: Callable[[], Awaitable[None]]
) -> Found | Absent | Unclear:
    """Return what a look that begins at *at* proves, each request of it in a *turn*.

    Raises TargetError where the CRM cannot be read.
    """
    due_from, due_to = due_window(entry, at)
    listed = crm.find_activities(activity=activity_type(entry), due_from=due_from, due_to=due_to, turn=turn)
    return judge(entry, [seen async for seen in listed if is_candidate(entry, seen)], at=at)

"""Look in the CRM for an activity that may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.verdict import activity_type, due_window, is_candidate, judge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from cadence.delivery.event import Absent, Found, Unclear
    from cadence.errors import TargetError
    from cadence.model.entry import Entry
    from cadence.runner.port import Crm

__all__ = ["probe", "unread"]

_TOO_MANY = 429


async def probe(
    crm: Crm, entry: Entry, *, at: datetime, turn: Callable[[], Awaitable[None]]
) -> Found | Absent | Unclear:
    """Return what a look that begins at *at* proves, each request of it in a *turn*.

    Raises TargetError where the CRM cannot be read.
    """
    due_from, due_to = due_window(entry, at)
    listed = crm.find_activities(activity=activity_type(entry), due_from=due_from, due_to=due_to, turn=turn)
    return judge(entry, [seen async for seen in listed if is_candidate(entry, seen)], at=at)


def unread(error: TargetError) -> Refused | InDoubt:
    """Return the answer to a write that would ask a run to do what *error*, met by a look, asks of it."""
    if error.status == _TOO_MANY:
        return Refused(error.status, error.message, error.code, error.request_id, error.retry_after)
    return InDoubt(error.message, error.status, error.request_id, error.retry_after)

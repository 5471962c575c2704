"""Look in the CRM for an activity that may be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.verdict import activity_type, due_window, is_candidate, judge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from cadence.delivery.event import Absent, Found, Unclear
    from cadence.delivery.verdict import SeenActivity
    from cadence.model.entry import Entry
    from cadence.runner.port import Crm

__all__ = ["probe"]

_PAGE = 500  # what the client asks for at once


async def probe(
    crm: Crm, entry: Entry, *, at: datetime, turn: Callable[[], Awaitable[None]]
) -> Found | Absent | Unclear:
    """Return what a look that begins at *at* proves, each page read in a *turn*.

    Raises TargetError where the CRM cannot be read.
    """
    await turn()
    due_from, due_to = due_window(entry, at)
    listed = crm.find_activities(activity=activity_type(entry), due_from=due_from, due_to=due_to)
    return judge(entry, [seen async for seen in _paced(listed, turn) if is_candidate(entry, seen)], at=at)


async def _paced(
    listed: AsyncIterator[SeenActivity], turn: Callable[[], Awaitable[None]]
) -> AsyncIterator[SeenActivity]:
    seen = 0
    async for each in listed:
        yield each
        seen += 1
        if seen % _PAGE == 0:
            await turn()

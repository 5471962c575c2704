"""What the send loop needs of a CRM, and of the machine it runs on."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from cadence.delivery.answer import Answer
    from cadence.delivery.verdict import SeenActivity
    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan, Report
    from cadence.runner.conditions import Conditions

__all__ = ["Crm", "Machine", "Submit"]

_T = TypeVar("_T")


class Crm(Protocol):
    """Scheduled activities in a CRM. Requests that write never raise for what the CRM does: they return an answer.

    None of them is repeated on the way: what goes again, and when, is decided here.
    """

    async def create_activity(self, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        """POST the activity; NotSent where *may_go*, asked right before the first byte would leave, says no."""
        ...

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]
    ) -> Answer:
        """PATCH the activity, where *may_go* says so as for a create."""
        ...

    async def delete_activity(self, activity_id: str, /, *, may_go: Callable[[], bool]) -> Answer:
        """DELETE the activity, where *may_go* says so as for a create."""
        ...

    def find_activities(
        self, *, activity: str, due_from: datetime, due_to: datetime, turn: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[SeenActivity]:
        """List the type's activities (its api_name or id), all pages, each request in a *turn*. Raises TargetError."""
        ...


class Submit(Protocol):
    """A driver: records a plan and sees to it that what it wants is sent."""

    async def __call__(self, ledger: Ledger, crm: Crm, plan: Plan, /, *, conditions: Conditions) -> Report:
        """Return what was done. Raises LedgerError, SubmissionError."""
        ...


async def _in_thread(work: Callable[[], _T]) -> _T:
    return await asyncio.to_thread(work)


def _draw() -> float:
    return secrets.randbelow(1 << 53) / (1 << 53)


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run takes from the machine beside the clock: waiting, threads for commits, and chance in [0, 1)."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    in_thread: Callable[[Callable[[], Any]], Awaitable[Any]] = _in_thread
    draw: Callable[[], float] = _draw

"""What all enrollments of a run share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence.runner.guard import Moment
from cadence.runner.progress import ProgressEvent

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.delivery.move import Wait
    from cadence.runner.conditions import Conditions
    from cadence.runner.guard import Guard
    from cadence.runner.journal import Journal
    from cadence.runner.port import Crm
    from cadence.runner.stop import Stop
    from cadence.runner.tally import Tally
    from cadence.runner.throttle import Throttle

__all__ = ["Run"]

_SLOTS = 4


class Run:
    """The CRM, the journal, the lease and the counts of one run; it bounds how many requests are out at once."""

    def __init__(  # noqa: PLR0913 - all that the enrollments of a run share
        self,
        crm: Crm,
        journal: Journal,
        guard: Guard,
        *,
        throttle: Throttle,
        tally: Tally,
        conditions: Conditions,
        stop: Stop,
    ) -> None:
        self.crm = crm
        self.journal = journal
        self.guard = guard
        self.throttle = throttle
        self.tally = tally
        self.pace = conditions.pace
        self.clock = conditions.clock
        self.machine = conditions.machine
        self.stop = stop
        self.gate = throttle.gate
        self.requests = asyncio.Semaphore(conditions.pace.concurrency)
        # More enrollments than requests: while some are out, the intents of those that come next are written down.
        self.slots = asyncio.Semaphore(_SLOTS * conditions.pace.concurrency)
        self._progress = conditions.progress

    def tell(self, text: str, *, until: datetime | None = None) -> None:
        """Tell whoever watches."""
        self._progress(ProgressEvent(self.tally.settled, self.tally.total, text, until))

    def is_held_back(self) -> bool:
        """Return whether nothing may go out now: the run was stopped, or the target asked everybody to wait."""
        return self.stop.is_set or self.gate.wait(Moment.of(self.clock)) is not None

    async def wait(self, wait: Wait, *, text: str) -> bool:
        """Wait without a slot; return whether to go on. A doubt is not waited for where the pace says so."""
        if wait.doubtful and not self.pace.wait:
            return False
        self.slots.release()
        try:
            self.tell(text, until=wait.until)
            seconds = (wait.until - self.clock.now()).total_seconds()
            await self.stop.sleep(max(seconds, 0.0), self.machine.sleep)
        finally:
            await self.slots.acquire()
        return not self.stop.is_set

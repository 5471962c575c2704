"""Batches sent by this process; what is in doubt waits until the others are sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.engine.applying import add_missing
from cadence.engine.batches import row_error
from cadence.engine.recordreport import Line
from cadence.engine.rowrecording import enrolled_keys, record_rows
from cadence.errors import PlanError, TargetError
from cadence.ledger import Held
from cadence.runner import run_chunk
from cadence.runner.leasing import leased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence.engine.batches import Batch, Taken
    from cadence.engine.many import Run
    from cadence.ledger import Lease
    from cadence.model.plan import Report
    from cadence.runner import Conditions

__all__ = ["Sending", "send_here"]

_MANY_DOUBTS = 1000


async def send_here(run: Run) -> Sending:
    """Return what sends from this process."""
    return Sending(run, since=await run.conditions.machine.in_thread(run.ledger.last_attempt))


class Sending:
    """Records a batch, sends it by the one send loop, and reports its rows as the ledger has them.

    A batch does not wait for a quiet period: the rows in doubt are settled together, at the end or once they are many.
    *since* is the last attempt before the run. What another run did for the same records, while this one waited for it,
    is not this one's: the attempts of a batch count from when it has them to itself.
    """

    def __init__(self, run: Run, *, since: int) -> None:
        self._run = run
        self._since = since
        pace = run.conditions.pace
        self._brisk = replace(run.conditions, pace=replace(pace, wait=False))
        self._doubtful: list[Line] = []
        self._doubtful_since = since

    async def send(self, batch: Batch) -> None:
        """Send what the batch wants."""
        taken = await self._there(batch.taken)
        try:
            lines = await self._send(batch, taken)
        except Held:
            lines = await self._send(batch, await self._free(taken))
        await self._report(lines, since=self._since)
        if len(self._doubtful) >= _MANY_DOUBTS:
            await self.finish(early=False)

    async def finish(self, *, early: bool) -> str:
        """Settle what is in doubt, unless the run ends *early* or is not to wait."""
        lines, self._doubtful = self._doubtful, []
        if lines and not early and self._run.conditions.pace.wait:
            await self._chunk([line.enrollment for line in lines], self._run.conditions)
        await self._report(lines, since=self._doubtful_since, postpone=False)
        return ""

    async def _send(self, batch: Batch, taken: Sequence[Taken]) -> list[Line]:
        """Send for the rows; return those that were recorded."""
        run, conditions = self._run, self._run.conditions
        keys = enrolled_keys(taken)
        if not keys:
            return [Line.of(each) for each in taken]
        async with leased(run.ledger, keys, conditions=conditions, stop=run.stop) as lease:
            self._since = await conditions.machine.in_thread(run.ledger.last_attempt)
            lines = await record_rows(run, batch.plan, taken, lease=lease)
            recorded = {line.enrollment for line in lines}
            await self._chunk([key for key in keys if key in recorded], self._brisk, lease)
        return lines

    async def _chunk(self, keys: Sequence[str], conditions: Conditions, lease: Lease | None = None) -> None:
        run = self._run
        ledger, crm, throttle = run.ledger, run.opened.client, run.throttle
        await run_chunk(ledger, crm, keys, conditions=conditions, lease=lease, throttle=throttle, stop=run.stop)

    async def _report(self, lines: Sequence[Line], *, since: int, postpone: bool = True) -> None:
        """Report the rows; those in doubt later, where that can still be settled."""
        run = self._run
        keys = [line.enrollment for line in lines]
        outcomes = await run.conditions.machine.in_thread(lambda: run.ledger.outcomes(keys, since=since))
        finished: list[tuple[Line, Report]] = []
        for line in lines:
            report = line.report(outcomes.get(line.enrollment, ()))
            if report.in_doubt and postpone:
                self._doubtful_since = min(self._doubtful_since, since) if self._doubtful else since
                self._doubtful.append(line)
            else:
                finished.append((line, report))
        run.report.add(finished)

    async def _there(self, taken: Sequence[Taken]) -> list[Taken]:
        """Return the rows whose record the target has, those added that only the file knows."""
        there = []
        for each in taken:
            try:
                if not each.is_known:
                    await add_missing(each.enrollment.record, self._run.opened)
                there.append(each)
            except (PlanError, TargetError) as error:
                self._run.report.refuse([row_error(each.row, each.reference, error)])
        return there

    async def _free(self, taken: Sequence[Taken]) -> list[Taken]:
        """Return the rows that no other run is sending for; asked one by one, where waiting is not wanted."""
        run, free = self._run, []
        for each in taken:
            try:
                async with leased(run.ledger, [each.enrollment.key], conditions=self._brisk, stop=run.stop):
                    free.append(each)
            except Held as held:
                run.report.refuse([row_error(each.row, each.reference, PlanError(str(held)))])
        return free

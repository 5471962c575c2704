"""Run a chunk of enrollments: the one send loop, whatever drives it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cadence.runner.again import patient
from cadence.runner.enrollment import run_enrollment
from cadence.runner.guard import Guard
from cadence.runner.journal import Journal
from cadence.runner.leasing import leased
from cadence.runner.run import Run
from cadence.runner.stop import Stop
from cadence.runner.tally import Tally
from cadence.runner.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from cadence.ledger.lease import Lease
    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import Entry
    from cadence.model.plan import Report
    from cadence.runner.conditions import Conditions
    from cadence.runner.port import Crm, Machine

__all__ = ["run_chunk"]

_PAGE = 100


async def run_chunk(  # noqa: PLR0913 - what a run of several chunks has of its own
    ledger: Ledger,
    crm: Crm,
    enrollment_keys: Sequence[str],
    *,
    conditions: Conditions,
    lease: Lease | None = None,
    throttle: Throttle | None = None,
    stop: Stop | None = None,
) -> Report:
    """Send what the enrollments still need: in order within each, many of them at once. Return what was done.

    The keys are read some at a time. Takes a lease and makes a throttle of its own unless it is given them. A ledger
    that is away for a moment is waited for. Raises LedgerError where it cannot be written or the lease was lost; what
    was in flight then is in doubt, and the next run settles it.
    """
    stop, conditions = stop or Stop(), patient(conditions)
    if lease is None:
        async with leased(ledger, enrollment_keys, conditions=conditions, stop=stop) as own:
            return await run_chunk(
                ledger, crm, enrollment_keys, conditions=conditions, lease=own, throttle=throttle, stop=stop
            )
    in_thread = conditions.machine.in_thread
    guard = Guard(ledger, lease, clock=conditions.clock, pace=conditions.pace)
    await in_thread(guard.renew)
    journal = Journal(guard.save, machine=conditions.machine)
    tally = Tally(total=await in_thread(lambda: ledger.count(enrollment_keys)))
    if throttle is None:
        target = await in_thread(lambda: ledger.target_of(enrollment_keys[0])) if enrollment_keys else ""
        throttle = _throttle(ledger, target, conditions=conditions, stop=stop)
    run = Run(crm, journal, guard, throttle=throttle, tally=tally, conditions=conditions, stop=stop)
    try:
        await _run_all(run, _enrollments(ledger, enrollment_keys, machine=conditions.machine))
    finally:
        await journal.close()
    if stop.is_set:
        tally.problem(f"{stop.reason}; run the same command again to go on")
    return tally.report()


def _throttle(ledger: Ledger, target: str, *, conditions: Conditions, stop: Stop) -> Throttle:
    pace = conditions.pace
    return Throttle(ledger, target, rate=pace.rate, clock=conditions.clock, machine=conditions.machine, stop=stop)


async def _enrollments(ledger: Ledger, keys: Sequence[str], *, machine: Machine) -> AsyncIterator[Sequence[Entry]]:
    """Yield the entries of each enrollment, reading some at a time: memory stays flat however many there are."""
    for start in range(0, len(keys), _PAGE):
        found = await machine.in_thread(partial(_load, ledger, keys, start))
        for entries in found:
            yield entries


def _load(ledger: Ledger, keys: Sequence[str], start: int) -> list[list[Entry]]:
    some = keys[start : start + _PAGE]
    found = ledger.load(some)
    return [found[key] for key in some if key in found]


async def _run_all(run: Run, enrollments: AsyncIterator[Sequence[Entry]]) -> None:
    keeper = asyncio.create_task(run.guard.keep(run.machine))
    work = asyncio.create_task(_feed(run, enrollments))
    try:
        await asyncio.wait({keeper, work}, return_when=asyncio.FIRST_COMPLETED)
        if keeper.done():
            keeper.result()  # the lease was lost: raises
        await work
    finally:
        for task in (keeper, work):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _feed(run: Run, enrollments: AsyncIterator[Sequence[Entry]]) -> None:
    """Start an enrollment whenever a slot is free; one that only waits gives its slot to another."""
    try:
        async with asyncio.TaskGroup() as group:
            async for entries in enrollments:
                await run.slots.acquire()
                group.create_task(run_enrollment(run, entries))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None

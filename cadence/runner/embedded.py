"""The embedded driver: apply a plan, or settle what is open, in this process."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from cadence.delivery.resolution import retried
from cadence.ledger.lines import Decision
from cadence.runner.again import patient
from cadence.runner.chunk import run_chunk
from cadence.runner.leasing import leased
from cadence.runner.stop import Stop
from cadence.runner.unsent import with_unsent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import Entry
    from cadence.model.people import TargetIdentity
    from cadence.model.plan import Plan, Report
    from cadence.runner.conditions import Conditions
    from cadence.runner.port import Crm

__all__ = ["interruptible", "retry", "settle", "submit"]


async def submit(ledger: Ledger, crm: Crm, plan: Plan, *, conditions: Conditions) -> Report:
    """Record *plan* and send what it wants; one lease covers both, so that no other run comes in between.

    Ctrl-C finishes what is in flight and reports; a second one raises KeyboardInterrupt. Raises LedgerError.
    """
    stop, conditions = Stop(), patient(conditions)
    keys = plan.enrolled_keys
    with interruptible(stop):
        async with leased(ledger, keys, conditions=conditions, stop=stop) as lease:
            at = conditions.clock.now()
            record = partial(ledger.record, plan, by=conditions.by, at=at, lease=lease)
            cancelled = await conditions.machine.in_thread(record)
            report = await run_chunk(ledger, crm, keys, conditions=conditions, lease=lease, stop=stop)
    return with_unsent(report, plan, cancelled=cancelled)


async def settle(ledger: Ledger, crm: Crm, target: TargetIdentity | None, *, conditions: Conditions) -> Report:
    """Go on with everything that the ledger still holds open for *target*. Raises LedgerError."""
    stop = Stop()
    keys = ledger.open_enrollments(target)
    with interruptible(stop):
        return await run_chunk(ledger, crm, keys, conditions=conditions, stop=stop)


async def retry(ledger: Ledger, crm: Crm, entries: Sequence[Entry], *, conditions: Conditions) -> Report:
    """Try again what was refused of *entries*, and go on with their enrollments. Raises LedgerError."""
    stop = Stop()
    keys = list(dict.fromkeys(entry.enrollment for entry in entries))
    with interruptible(stop):
        async with leased(ledger, keys, conditions=conditions, stop=stop) as lease:
            again = [Decision(entry, retried(entry), "retry", entry.reason or "") for entry in entries]
            ledger.decide(again, by=conditions.by, at=conditions.clock.now(), lease=lease)
            return await run_chunk(ledger, crm, keys, conditions=conditions, lease=lease, stop=stop)


@contextmanager
def interruptible(stop: Stop, *, sigterm: bool = False) -> Iterator[None]:
    """Let the first Ctrl-C set *stop* and the second interrupt, where this is the main thread; SIGTERM too if asked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    heeded = (signal.SIGINT, signal.SIGTERM) if sigterm else (signal.SIGINT,)
    before = {each: signal.getsignal(each) for each in heeded}

    def ask(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        loop.call_soon_threadsafe(stop.set, "interrupted")

    for each in heeded:
        signal.signal(each, ask)
    try:
        yield
    finally:
        for each in heeded:
            signal.signal(each, before[each])

"""Take a lease for as long as a run lasts, waiting for whoever holds it."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from cadence.errors import LedgerAway
from cadence.ledger.lease import Held
from cadence.runner.again import patient
from cadence.runner.progress import ProgressEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from cadence.ledger.lease import Lease
    from cadence.ledger.ledger import Ledger
    from cadence.runner.conditions import Conditions
    from cadence.runner.stop import Stop

__all__ = ["leased"]

_POLL_S = 0.5


@asynccontextmanager
async def leased(ledger: Ledger, keys: Sequence[str], *, conditions: Conditions, stop: Stop) -> AsyncIterator[Lease]:
    """Hold a lease over the enrollments. Raises Held where another run holds them and waiting is not wanted."""
    lease = await _claim(ledger, keys, patient(conditions), stop)
    try:
        yield lease
    finally:
        with suppress(LedgerAway):  # it ends by itself
            ledger.release(lease, at=conditions.clock.now())


async def _claim(ledger: Ledger, keys: Sequence[str], conditions: Conditions, stop: Stop) -> Lease:
    def claim() -> Lease:
        clock, length = conditions.clock, conditions.pace.lease
        return ledger.claim(keys, by=conditions.by, at=clock.now(), length=length, monotonic=clock.monotonic())

    while True:
        try:
            lease: Lease = await conditions.machine.in_thread(claim)
        except Held as held:
            if not conditions.pace.wait or stop.is_set:
                raise
            names = "; ".join(str(lessee) for lessee in held.lessees)
            conditions.progress(ProgressEvent(0, 0, f"another run is at work: {names}", waiting=True))
        else:
            return lease
        await stop.sleep(_POLL_S, conditions.machine.sleep)

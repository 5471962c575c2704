"""Take a lease for as long as a run lasts, waiting for whoever holds it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cadence.ledger.lease import Held
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
    lease = await _claim(ledger, keys, conditions, stop)
    try:
        yield lease
    finally:
        ledger.release(lease, at=conditions.clock.now())


async def _claim(ledger: Ledger, keys: Sequence[str], conditions: Conditions, stop: Stop) -> Lease:
    while True:
        try:
            return ledger.claim(keys, by=conditions.by, at=conditions.clock.now(), length=conditions.pace.lease)
        except Held as held:
            if not conditions.pace.wait or stop.is_set:
                raise
            names = "; ".join(str(lessee) for lessee in held.lessees)
            conditions.progress(ProgressEvent(0, 0, f"another run is at work: {names}", waiting=True))
        await stop.sleep(_POLL_S, conditions.machine.sleep)

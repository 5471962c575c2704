"""What becomes of a delivery after an attempt: decided here, carried out elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.server.store.outbox import Settlement

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.service.webhooks.sender import Outcome

__all__ = ["GONE", "PAUSES", "settlement_of"]

GONE = 410
"""By this a receiver says that it wants no more."""

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between one attempt and the next: ten attempts in just over three days.

Source: Standard Webhooks 1.0.0, section "Deliverability and reliability".
"""

_JITTER = 0.2


def settlement_of(outcome: Outcome, *, tries: int, now: datetime, draw: float) -> Settlement:
    """Return what becomes of a delivery that was tried *tries* times before this one.

    Each pause is up to a fifth longer by *draw* from [0, 1), and never shorter than the receiver asks.
    """
    if outcome.is_success:
        return Settlement("delivered")
    if outcome.status == GONE or tries >= len(PAUSES):
        return Settlement("failed")
    pause = PAUSES[tries] * (1 + _JITTER * draw)
    return Settlement("waiting", now + max(pause, outcome.retry_after or timedelta()))

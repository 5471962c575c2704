"""When a read is asked for again: reading twice does no harm, and a CRM that is busy is seldom busy for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.crm.transport import Reply
from cadence.delivery.backoff import clamped

if TYPE_CHECKING:
    from cadence.crm.transport import Outcome

__all__ = ["PATIENCE_S", "pause_s"]

PATIENCE_S = 10.0
"""How long all pauses of one read may be together; who is to come back later than that is told so."""

_UNANSWERED = 2
_TOO_MANY = 429
_FIRST_S = 0.5


def pause_s(outcome: Outcome, tries: int) -> float | None:
    """Return after how many seconds to ask again what was asked *tries* times; None where that is of no use.

    A 429 and a 5xx wait half a second, doubled each time, or for longer where `Retry-After` says so. What got no
    answer, or only a part of one, is asked once more at once.
    """
    if not isinstance(outcome, Reply) or (outcome.broken is not None and not _is_busy(outcome)):
        return 0.0 if tries < _UNANSWERED else None
    if not _is_busy(outcome):
        return None
    return max(_FIRST_S * 2.0 ** (tries - 1), clamped(outcome.retry_after).total_seconds())


def _is_busy(reply: Reply) -> bool:
    return reply.status == _TOO_MANY or reply.status >= 500  # noqa: PLR2004 - the class of statuses

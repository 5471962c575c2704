"""What came back for a request: one of three classes, and only three."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["Accepted", "Answer", "InDoubt", "NotSent", "Refused"]


@dataclass(frozen=True, slots=True)
class NotSent:
    """The connection was never made: nothing can have happened, so it may be sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Definite: done. `activity_id` is the CRM's id (None for a DELETE)."""

    activity_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Definite: a 4xx, nothing was done. A 429 says in `retry_after` when to go again; all else is a rejection."""

    status: int
    reason: str
    code: str | None = None
    request_id: str | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Sent, outcome unknown: a time-out, a reset, any 5xx, a 2xx without an id. Probed, never simply sent again."""

    reason: str
    status: int | None = None
    request_id: str | None = None
    retry_after: timedelta | None = None


Answer = NotSent | Accepted | Refused | InDoubt

"""What can happen to an entry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.delivery.answer import Answer

__all__ = ["Absent", "Answered", "Dropped", "Event", "Found", "Happened", "Intended", "Lost", "Retried", "Unclear"]


@dataclass(frozen=True, slots=True)
class Intended:
    """The create is about to be sent; durable before it is."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that began at `sent_at` was answered at `at`. `pause` is the backoff, should it have to go again."""

    answer: Answer
    sent_at: datetime
    at: datetime
    pause: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Lost:
    """The program that was sending ended before it knew the outcome; it sent by `late` after its intent, if at all."""

    late: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Found:
    """A probe, or a person, found the activity in the CRM."""

    activity_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A probe, or a person, found no such activity in the CRM."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unclear:
    """A probe cannot tell; `reason` says why, for the person who has to."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A person gave it up."""


@dataclass(frozen=True, slots=True)
class Retried:
    """A person wants what was refused to be tried again."""


Happened = Intended | Answered | Lost | Found | Absent | Unclear
Event = Happened | Dropped | Retried

"""What goes into the ledger and comes out of it, beside entries and enrollments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.model.entry import Enrollment, Entry

__all__ = ["Attempt", "Decision", "LogLine", "StatusLine", "Transition"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request for an entry, or one probe, and what came of it.

    `operation` is create, move, reassign, cancel or probe; `outcome` a word such as accepted, refused or in doubt;
    `detail` the reason where there is one.
    """

    operation: str
    outcome: str
    sent_at: datetime
    answered_at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """An entry as it now stands, and the attempt that brought it there.

    `was` is the entry as the ledger has it: a body or patch that both hold is not written again.
    """

    entry: Entry
    attempt: Attempt | None = None
    was: Entry | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person made of an entry, in a word, and why."""

    before: Entry
    entry: Entry
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """An entry with the enrollment it belongs to and the record's name."""

    enrollment: Enrollment
    entry: Entry
    record_name: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened: when, by whom, what, to which step of which record, and why."""

    at: datetime
    by: str
    what: str
    sequence: str
    record: str
    step: str
    why: str

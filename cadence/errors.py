"""The exceptions Cadence raises, all of them below `CadenceError`.

    CadenceError
    ├── ConfigError        cadence.toml or the environment cannot be used
    ├── SequenceError      a sequence file, carrying all its findings
    ├── CalendarError      a calendar, a zone or a holiday region
    │   ├── UnknownZone    no such IANA zone
    │   ├── SkippedTime    a local time that a clock change skips
    │   ├── RepeatedTime   a local time that a clock change repeats
    │   └── NeverOpen      no opening within the horizon
    ├── PlanError          a record for which no plan can be made
    │   └── StalePlanError a plan that no longer says what would happen
    ├── TargetError        the CRM refused, or could not be reached
    │   └── NotConnected   said by a client of yours: nothing was sent
    ├── LedgerError        the ledger is locked, damaged, newer or unwritable
    │   ├── LedgerAway     the ledger does not answer; it may again
    │   └── OlderLedger    the ledger would have to be migrated first
    └── SubmissionError    an activity could not be submitted

A message names the place, the offending value and the way out. The same values are attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from cadence.diagnostics import Finding

__all__ = [
    "CadenceError",
    "CalendarError",
    "ConfigError",
    "LedgerAway",
    "LedgerError",
    "NeverOpen",
    "NotConnected",
    "OlderLedger",
    "PlanError",
    "RepeatedTime",
    "SequenceError",
    "SkippedTime",
    "StalePlanError",
    "SubmissionError",
    "TargetError",
    "UnknownZone",
]


class CadenceError(Exception):
    """Base of all errors; `hint` is the way out, `findings` what a file or plan got wrong."""

    def __init__(self, message: str, *, hint: str | None = None, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class ConfigError(CadenceError):
    """Raised for settings that cannot be used, before anything is opened or sent."""


class SequenceError(CadenceError):
    """Raised for sequence files; `findings` holds every error of every file, in file order."""


class CalendarError(CadenceError):
    """Raised for a calendar, zone or holiday region that cannot be used."""


class UnknownZone(CalendarError):  # noqa: N818 - reads as the condition it names
    """Raised for a name that the pinned tzdata does not hold."""


class SkippedTime(CalendarError):  # noqa: N818 - reads as the condition it names
    """Raised under Policy.FAIL for a local time that does not exist (PEP 495, gap)."""


class RepeatedTime(CalendarError):  # noqa: N818 - reads as the condition it names
    """Raised under Policy.FAIL for a local time that happens twice (PEP 495, fold)."""


class NeverOpen(CalendarError):  # noqa: N818 - reads as the condition it names
    """Raised where a calendar or a window has no opening within the horizon."""


class PlanError(CadenceError):
    """Raised when a record cannot be planned; `findings` names every step that stands in the way."""


class StalePlanError(PlanError):
    """Raised when a plan no longer says what would happen: wrong target, expired, or changed inputs.

    `enrollments` says in words, by the ledger's key, what was decided about each since it was planned.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        findings: Iterable[Finding] = (),
        enrollments: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, findings=findings)
        self.enrollments = dict(enrollments or {})


class TargetError(CadenceError):
    """Raised for an answer of the CRM, or its silence.

    `status` is the HTTP status or None, `code` the CRM's own word, `request_id` its X-Request-ID, `retry_after` for how
    long it asked to be left alone, None where it did not.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after


class NotConnected(TargetError):  # noqa: N818 - reads as the condition it names
    """Raised by a client that was handed to `apply`, to say that no byte of the request left: it may go again.

    Whatever else a client raises leaves open whether the request arrived.
    """


class LedgerError(CadenceError):
    """Raised when the ledger is locked, damaged, newer than this program, or cannot be written."""


class LedgerAway(LedgerError):  # noqa: N818 - reads as the condition it names
    """Raised where the ledger's server does not answer, or gave up the transaction. What was asked may be done or not.

    It may answer again: a run asks it again for as long as its lease lasts.
    """


class OlderLedger(LedgerError):  # noqa: N818 - reads as the condition it names
    """Raised where a ledger would have to be migrated, and may only be read."""


class SubmissionError(CadenceError):
    """Raised when an activity could not be submitted and nothing more can be done by the program."""

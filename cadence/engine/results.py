"""What the engine's methods return beside plans, reports and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from cadence.diagnostics import Finding
    from cadence.model.plan import Action, Report

__all__ = [
    "BulkRow",
    "CaseResult",
    "DayRow",
    "ImportResult",
    "InitResult",
    "LockDiff",
    "LockResult",
    "Ping",
    "RecordsPlan",
    "RecordsReport",
    "StatusRow",
]


@dataclass(frozen=True, slots=True)
class InitResult:
    """Paths made, and paths that were there and kept."""

    created: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of a golden file; `differences` says in words what was expected and what came."""

    path: str
    name: str
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the expansion is what the golden says."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Rows created, updated, and the findings of those that were not taken."""

    created: int = 0
    updated: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A bulk run: how many of its enrollments are through, and in words what holds it up, if anything."""

    run: str
    state: str
    done: int
    total: int
    started_at: datetime
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One entry of the ledger, and the record and sequence it belongs to.

    `pending` is the change that was approved and that the CRM has not confirmed: move, reassign or cancel.
    """

    sequence: str
    record: str
    number: int
    step: str
    occurrence: int
    state: str
    due_at: datetime
    activity_id: str | None = None
    reason: str | None = None
    pending: str | None = None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a calendar: its opening hours as `09:00-17:00`, or why it is closed."""

    day: date
    intervals: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LockResult:
    """The lock file written: its regions and how many holidays it holds; `changed` is false where it was the same."""

    path: Path
    regions: tuple[str, ...]
    days: int
    changed: bool


@dataclass(frozen=True, slots=True)
class LockDiff:
    """How today's holidays differ from the lock, a line each: `+ US 2027-06-19 Juneteenth`."""

    path: Path
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ping:
    """A target that answered, in how many milliseconds."""

    name: str
    base_url: str
    business: str
    latency_ms: float


@dataclass(frozen=True, slots=True)
class RecordsPlan:
    """What a sequence would do for many records: `records` that were planned, `failed` that could not be.

    `counts` is how many activities there are of each action, `problems` why records failed, the first of them, and
    `report` the file that has them all.
    """

    counts: Mapping[Action, int]
    records: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    report: Path | None = None


@dataclass(frozen=True, slots=True)
class RecordsReport:
    """What was done for many records: `counts` in activities, `records` that are in the ledger, `failed` that are not.

    `stopped` says why the run ended before the last row, empty where it did not. `report` is the file with a line for
    each row, None for none.
    """

    counts: Report
    records: int = 0
    failed: int = 0
    stopped: str = ""
    findings: tuple[Finding, ...] = ()
    report: Path | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every row was reached."""
        return not self.stopped

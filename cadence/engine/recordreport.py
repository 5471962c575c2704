"""The report of a run over many records: a line for each row, and the counts of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING

from cadence.engine.sinks import Output, is_being_written
from cadence.frozen import dataclass
from cadence.model.plan import Action, Report
from cadence.runner.bulkreport import report_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cadence.engine.batches import Taken
    from cadence.engine.wanted import Untaken
    from cadence.errors import ConfigError
    from cadence.ledger.bulkruns import Outcome

__all__ = ["COUNTS", "HEADER", "Line", "RecordReport", "report_path"]

COUNTS = (
    "scheduled", "adopted", "moved", "reassigned", "cancelled", "rejected", "in_doubt", "parked", "held", "kept",
    "skipped", "estimated",
)  # fmt: skip
HEADER = ("row", "record", "outcome", *COUNTS, "reason")
_WORST_FIRST = (
    "in_doubt", "parked", "rejected", "held", "scheduled", "adopted", "moved", "reassigned", "cancelled", "kept",
    "estimated", "skipped",
)  # fmt: skip
_ENDS = {
    Action.CREATE: "scheduled",
    Action.MOVE: "moved",
    Action.REASSIGN: "reassigned",
    Action.CANCEL: "cancelled",
    Action.KEEP: "kept",
    Action.SKIP: "skipped",
    Action.ESTIMATE: "estimated",
}
_MOST_PROBLEMS = 20
_SUFFIXES = (".csv", ".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was planned: its record, its enrollment, and what comes of it without a request.

    `cancelled` are those that were never sent.
    """

    row: int
    reference: str
    enrollment: str
    skipped: int = 0
    estimated: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, taken: Taken, *, cancelled: int = 0) -> Line:
        """Return the line of a row that was planned."""
        actions = Counter(activity.action for activity in taken.enrollment.activities)
        key = taken.enrollment.key
        return cls(taken.row, taken.reference, key, actions[Action.SKIP], actions[Action.ESTIMATE], cancelled)

    def report(self, outcomes: Sequence[Outcome]) -> Report:
        """Return what was done for it, by how its entries stand in the ledger."""
        reasons = [(each.step, each.standing.state, each.reason) for each in outcomes if each.reason]
        found = report_of((each.standing for each in outcomes), dict.fromkeys(reasons))
        cancelled = found.cancelled + self.cancelled
        return replace(found, cancelled=cancelled, skipped=self.skipped, estimated=self.estimated)


class RecordReport:
    """Writes a line for each row that is finished, and adds up. `failed` rows are those of which nothing came.

    The problems in words are the first ones only; the file has them all.
    """

    def __init__(self, path: Path | None, *, name: str) -> None:
        self.records = 0
        self.failed = 0
        self._name = name
        self._where = ", each in the report" if path else "; --report FILE names each"
        self._file = Output(path, HEADER)
        self._counts: Counter[str] = Counter()
        self._problems: dict[str, None] = {}
        self._more = 0

    def begin(self) -> None:
        """Make the file. Raises ConfigError where it cannot be written."""
        self._file.begin()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def failure(self) -> ConfigError | None:
        """What kept the file from being written, None as long as nothing does; the counts go on."""
        return self._file.failure

    @property
    def total(self) -> Report:
        """All counts, and the problems in words."""
        more = (f"and {self._more} more{self._where}",) if self._more else ()
        return Report(**self._counts, problems=(*self._problems, *more))

    def refuse(self, rows: Sequence[Untaken]) -> None:
        """Report rows of which nothing came."""
        self.failed += len(rows)
        for each in rows:
            self._problem(f"{self._name}:{each.row}: {each.reason}")
        self._file.write([(each.row, each.reference, "failed", *([0] * len(COUNTS)), each.reason) for each in rows])

    def plan(self, rows: Sequence[Taken]) -> None:
        """Report rows that were planned and are not sent."""
        self.records += len(rows)
        self._file.write([(each.row, each.reference, "planned", *_planned(each), "") for each in rows])

    def add(self, lines: Sequence[tuple[Line, Report]]) -> None:
        """Report rows that are finished."""
        self.records += len(lines)
        for line, report in lines:
            self._counts.update({name: getattr(report, name) for name in COUNTS})
            for problem in report.problems:
                self._problem(f"{self._name}:{line.row}: {problem}")
        self._file.write([_cells(line, report) for line, report in lines])

    def _problem(self, text: str) -> None:
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.setdefault(text)
        else:
            self._more += 1


def report_path(source: Path) -> Path:
    """Return where the report of a file goes unless somebody says otherwise: beside it, in its own form.

    Where another run for the same file is writing that, it gets a number.
    """
    suffix = source.suffix.casefold() if source.suffix.casefold() in _SUFFIXES else ".csv"
    numbered = (f"{source.stem}.report-{number}{suffix}" for number in count(2))
    paths = map(source.with_name, chain([f"{source.stem}.report{suffix}"], numbered))
    return next(path for path in paths if not is_being_written(path))


def _cells(line: Line, report: Report) -> tuple[object, ...]:
    outcome = next((name for name in _WORST_FIRST if getattr(report, name)), "kept")
    return (
        line.row,
        line.reference,
        outcome.replace("_", " "),
        *(getattr(report, name) for name in COUNTS),
        "; ".join(report.problems),
    )


def _planned(taken: Taken) -> list[int]:
    """Return how many activities would end under each of COUNTS."""
    counts = Counter(_ENDS[activity.action] for activity in taken.enrollment.activities)
    return [counts[name] for name in COUNTS]

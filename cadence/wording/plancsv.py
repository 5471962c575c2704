"""A plan as CSV: a line per activity, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["COLUMNS", "activity_cells", "csv_lines", "csv_text", "plan_csv"]

COLUMNS = (
    "record", "record_name", "sequence", "step", "occurrence", "action", "activity", "due_datetime", "local", "zone",
    "original_due_datetime", "assignee", "assignee_id", "reason", "why",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plan_csv(plan: Plan) -> str:
    """Return the plan as CSV with a header row."""
    return csv_text(COLUMNS, (activity_cells(e, activity) for e in plan.enrollments for activity in e.activities))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return rows under a header as CSV, see `csv_lines`."""
    return csv_lines(chain([header], rows))


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV (RFC 4180); a cell that a spreadsheet would run as a formula gets an apostrophe before it.

    Lists and mappings are written as JSON.

    Source: OWASP, CSV Injection.
    """
    lines = io.StringIO()
    csv.writer(lines).writerows([_harmless(cell) for cell in row] for row in rows)
    return lines.getvalue()


def activity_cells(enrollment: EnrollmentPlan, activity: Activity) -> tuple[object, ...]:
    """Return what CSV says of an activity, in the order of COLUMNS."""
    shown = activity.to_dict()
    return (
        enrollment.record.id,
        enrollment.record.label,
        enrollment.sequence,
        *(shown[name] for name in COLUMNS[3:11]),
        activity.assignee.name if activity.assignee else "",
        activity.assignee.id if activity.assignee else "",
        activity.reason or "",
        "; ".join(f"{line.rule}: {line.reason}" for line in activity.why),
    )


def _harmless(cell: object) -> object:
    match cell:
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA) else cell
        case bool() | list() | dict():
            return json.dumps(cell, ensure_ascii=False)
        case _:
            return "" if cell is None else cell

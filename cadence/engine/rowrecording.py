"""Rows written into the ledger, without those about which somebody else decided since they were planned."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cadence.engine.recordreport import Line
from cadence.engine.wanted import Untaken
from cadence.errors import StalePlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cadence.engine.batches import Taken
    from cadence.engine.many import Run
    from cadence.ledger import Lease
    from cadence.model.plan import Plan

__all__ = ["enrolled_keys", "record_rows"]

_AGAIN = "run the same command again"


async def record_rows(run: Run, plan: Plan, rows: Sequence[Taken], *, lease: Lease) -> list[Line]:
    """Record what *plan* wants for the rows; return those that were, and report the others as failed."""
    try:
        cancelled = await _record(run, plan, rows, lease)
    except StalePlanError as error:
        stale = error.enrollments
        refused = [each for each in rows if each.enrollment.key in stale]
        run.report.refuse([Untaken(each.row, each.reference, f"{_why(each, stale)}; {_AGAIN}") for each in refused])
        rows = [each for each in rows if each.enrollment.key not in stale]
        cancelled = await _record(run, plan, rows, lease)
    return [Line.of(each, cancelled=cancelled.get(each.enrollment.key, 0)) for each in rows]


def enrolled_keys(rows: Iterable[Taken]) -> list[str]:
    """Return the keys of the rows that have an enrollment in the ledger once they are recorded."""
    return [each.enrollment.key for each in rows if each.enrollment.enrolls]


async def _record(run: Run, plan: Plan, rows: Sequence[Taken], lease: Lease) -> Mapping[str, int]:
    conditions = run.conditions
    some, at = replace(plan, enrollments=tuple(each.enrollment for each in rows)), conditions.clock.now()
    record = partial(run.ledger.record, some, by=conditions.by, at=at, lease=lease)
    cancelled: Mapping[str, int] = await conditions.machine.in_thread(record)
    return cancelled


def _why(row: Taken, stale: dict[str, str]) -> str:
    return f"it was planned too early: {stale[row.enrollment.key]}"

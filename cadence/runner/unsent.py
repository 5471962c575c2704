"""What a plan comes to without a request, added to what was sent for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.model.plan import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.plan import Plan, Report

__all__ = ["with_unsent"]


def with_unsent(report: Report, plan: Plan, *, cancelled: Mapping[str, int]) -> Report:
    """Return *report* with what *plan* skips and estimates, and what it *cancelled* of each enrollment unsent."""
    counts = plan.counts
    return replace(
        report,
        cancelled=report.cancelled + sum(cancelled.values()),
        skipped=counts.get(Action.SKIP, 0),
        estimated=counts.get(Action.ESTIMATE, 0),
    )

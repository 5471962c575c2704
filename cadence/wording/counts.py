"""Counts in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from cadence.model.plan import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.plan import Report

__all__ = ["plan_words", "record_words", "report_dict", "report_words"]

_PLAN = {
    Action.CREATE: "to create",
    Action.MOVE: "to move",
    Action.REASSIGN: "to reassign",
    Action.CANCEL: "to cancel",
    Action.KEEP: "kept",
    Action.SKIP: "skipped",
    Action.ESTIMATE: "estimated",
}
_DONE = ("scheduled", "adopted", "moved", "reassigned", "cancelled")
_OPEN = ("rejected", "in_doubt", "parked", "held")
_REST = ("kept", "skipped", "estimated")


def plan_words(counts: Mapping[Action, int]) -> str:
    """Return "8 to create, 1 skipped", or "nothing to do: 8 kept"."""
    parts = [f"{counts[action]} {word}" for action, word in _PLAN.items() if counts.get(action)]
    return _sentence(parts, idle=not any(counts.get(action) for action in Action if action.is_change))


def report_words(report: Report) -> str:
    """Return "8 scheduled, 1 skipped", or "nothing to do: 8 kept"."""
    counts = asdict(report)
    parts = [f"{counts[name]} {name.replace('_', ' ')}" for name in (*_DONE, *_OPEN, *_REST) if counts[name]]
    return _sentence(parts, idle=not any(counts[name] for name in (*_DONE, *_OPEN)))


def record_words(records: int, failed: int) -> str:
    """Return "1 record", or "2000 records, 3 failed"."""
    words = f"{records} record{'' if records == 1 else 's'}"
    return f"{words}, {failed} failed" if failed else words


def report_dict(report: Report) -> dict[str, object]:
    """Return what `cadence apply --format json` prints."""
    return {**asdict(report), "problems": list(report.problems)}


def _sentence(parts: list[str], *, idle: bool) -> str:
    words = ", ".join(parts)
    if not idle:
        return words
    return f"nothing to do: {words}" if words else "nothing to do"

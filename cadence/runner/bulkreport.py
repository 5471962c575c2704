"""The report of a bulk run, from what the ledger holds: it counts right whatever crashed on the way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from cadence.model.entry import State
from cadence.model.plan import Action, Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.ledger.bulkruns import Standing

__all__ = ["report_of"]

_TRIED = {
    "create": "scheduled",
    "probe": "adopted",
    str(Action.MOVE): "moved",
    str(Action.REASSIGN): "reassigned",
    str(Action.CANCEL): "cancelled",
    None: "kept",
}


def report_of(standings: Iterable[Standing], reasons: Iterable[tuple[str, State, str]]) -> Report:
    """Return the counts, by what was tried last for each entry and where that left it, and the problems in words."""
    counts: Counter[str] = Counter()
    for standing in standings:
        word = _word(standing)
        if word:
            counts[word] += standing.count
    problems = tuple(f"step '{step}': {str(state).replace('_', ' ')}: {why}" for step, state, why in reasons)
    return Report(**counts, problems=problems)


def _word(standing: Standing) -> str:  # noqa: PLR0911 - one for each state
    match standing.state:
        case State.SCHEDULED | State.COMPLETED if not standing.pending:
            return _TRIED[standing.tried]
        case State.SCHEDULED | State.COMPLETED:
            return "rejected" if standing.refused else "held"
        case State.CANCELLED:
            return "cancelled" if standing.tried else ""
        case State.PLANNED:
            return "held"
        case State.SENDING | State.IN_DOUBT:
            return "in_doubt"
        case State.REJECTED:
            return "rejected"
        case State.PARKED:
            return "parked"
        case unreachable:
            assert_never(unreachable)

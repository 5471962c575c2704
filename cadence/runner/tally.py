"""Counts what a run did and where its entries stand in the end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from cadence.delivery.move import Create, Delete, Done, Patch, Probe, Recover, Stop, Wait
from cadence.model.entry import Entry, State
from cadence.model.plan import Action, Report

if TYPE_CHECKING:
    from cadence.delivery.move import Move

__all__ = ["Tally"]

_MOST = 1000

_DONE = {Action.MOVE: "moved", Action.REASSIGN: "reassigned", Action.CANCEL: "cancelled"}


class Tally:
    """Counts by the words of a Report; what needs a person becomes a problem in words."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.settled = 0
        self._counts: Counter[str] = Counter()
        self._problems: dict[str, None] = {}
        self._unsaid = 0

    def did(self, before: Entry, now: Entry) -> None:
        """Count what one answer or probe completed."""
        if before.state is not State.SCHEDULED and now.state is State.SCHEDULED:
            self._counts["adopted" if before.state is State.IN_DOUBT else "scheduled"] += 1
        elif before.pending is not None and now.pending is None and now.state in (State.SCHEDULED, State.CANCELLED):
            self._counts[_DONE[before.pending]] += 1

    def left(self, entry: Entry, *, touched: bool) -> None:
        """Count where the run leaves *entry*; `touched` is whether it did anything about it."""
        self.settled += 1
        match entry.state:
            case State.SCHEDULED if entry.pending is not None:
                self._count("rejected" if entry.reason else "held", entry)
            case State.SCHEDULED | State.COMPLETED:
                self._counts["kept"] += not touched
            case State.CANCELLED:
                pass
            case State.PLANNED:
                self._count("held", entry)
            case State.SENDING | State.IN_DOUBT:
                self._count("in_doubt", entry)
            case State.REJECTED:
                self._count("rejected", entry)
            case State.PARKED:
                self._count("parked", entry)
            case unreachable:
                assert_never(unreachable)

    def problem(self, text: str) -> None:
        """Note what needs a person, once."""
        self._problems[text] = None

    def report(self) -> Report:
        """Return the counts."""
        more = (f"and {self._unsaid} more, in the ledger",) if self._unsaid else ()
        return Report(**self._counts, problems=(*self._problems, *more))

    def _count(self, word: str, entry: Entry) -> None:
        self._counts[word] += 1
        if entry.reason and word != "held":
            self._explain(f"step '{entry.step}': {word.replace('_', ' ')}: {entry.reason}")

    def _explain(self, text: str) -> None:
        """Note a problem, unless there are so many that nobody would read them, and memory would grow with them."""
        if text in self._problems or len(self._problems) < _MOST:
            self.problem(text)
        else:
            self._unsaid += 1


def in_words(move: Move, entry: Entry) -> str:
    """Return what *move* does, for the person who watches."""
    match move:
        case Create():
            return f"scheduling '{entry.step}'"
        case Patch() | Delete():
            return f"changing '{entry.step}'"
        case Probe() | Recover():
            return f"looking for '{entry.step}' in the CRM"
        case Wait(doubtful=True):
            return f"'{entry.step}' is in doubt, and is looked for in the CRM then"
        case Wait():
            why = f" ({entry.reason})" if entry.reason else ""
            return f"'{entry.step}' is tried again then{why}"
        case Stop() | Done():
            return ""
        case unreachable:
            assert_never(unreachable)

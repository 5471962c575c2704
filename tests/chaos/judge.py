"""What must hold however a round went, from the CRM's own book, the plans and the ledger. Each law says what breaks it."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.book import Line, read_book
from tests.chaos.project import QUIET_S
from tests.chaos.rawledger import doubts_of, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cadence.model.plan import EnrollmentPlan, Plan
    from tests.chaos.project import Project

__all__ = ["Verdict", "judge"]

_DURABLE = ("sending", "in_doubt", None)  # None: PostgreSQL was down when the CRM asked it


@dataclass
class Verdict:
    """What one round came to, or all of a backend together.

    Doubts that were settled: `unanswered` had no clear answer, of `cut_off` the process died before the answer.
    """

    rounds: int = 0
    kills: int = 0
    stops: int = 0
    steps: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    too_early: int = 0
    without_intent: int = 0
    unanswered: int = 0
    cut_off: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Count *other* in."""
        for name in self.figures():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.broken += other.broken

    def figures(self) -> dict[str, int]:
        """Return what was counted, by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in self.figures().items())


def judge(project: Project, plans: Iterable[Plan]) -> Verdict:
    """Return what the round came to; nothing in it may be broken."""
    book = read_book(project.book)
    enrollments = {each.key: each for plan in plans for each in plan.enrollments}.values()
    wanted = {activity.marker for each in enrollments for activity in each.activities}
    applied = Counter(line.marker for line in book if line.what == "applied")
    early, unintended = [*_early(book)], [*_unintended(book)]
    order = [text for each in enrollments for text in _order(book, each)]
    lost = [f"{marker} was lost" for marker in sorted(wanted - set(applied))]
    doubled = [f"{marker} was made {count} times" for marker, count in applied.items() if count > 1]
    odd = [f"{marker} was never planned" for marker in sorted(set(applied) - wanted)]
    verdict = Verdict(
        rounds=1,
        steps=len(wanted),
        lost=len(lost),
        doubled=len(doubled),
        out_of_order=len(order),
        too_early=len(early),
        without_intent=len(unintended),
        broken=[*lost, *doubled, *odd, *order, *early, *unintended],
    )
    _compare(project, book, verdict)
    return verdict


def _order(book: Sequence[Line], enrollment: EnrollmentPlan) -> Iterator[str]:
    """Yield what was asked for before the step before it was in the CRM."""
    markers = [activity.marker for activity in enrollment.activities]
    there: dict[str, float] = {}
    for line in book:
        if line.what == "applied":
            there.setdefault(line.marker, line.at)
    for before, marker in itertools.pairwise(markers):
        asked = [line.at for line in book if line.what == "asked" and line.marker == marker]
        if asked and asked[0] < there.get(before, float("inf")):
            yield f"{marker} was sent before {before} was there"


def _early(book: Sequence[Line]) -> Iterator[str]:
    """Yield what was sent again before its quiet period, or what a 429 asked for, was over."""
    asked = defaultdict(list)
    for line in book:
        if line.what == "asked":
            asked[line.marker].append(line)
    for marker, lines in asked.items():
        for one, other in itertools.pairwise(lines):
            pause = 0 if one.fault == "429" else QUIET_S
            if other.at < one.at + pause:
                yield f"{marker} was sent again {other.at - one.at:.2f} s after '{one.fault}'"


def _unintended(book: Sequence[Line]) -> Iterator[str]:
    for line in book:
        if line.what == "asked" and line.intent not in _DURABLE:
            yield f"{line.marker} was sent while the ledger said '{line.intent}'"


def _compare(project: Project, book: Sequence[Line], verdict: Verdict) -> None:
    """Add to *verdict* what the ledger does not know as the CRM does, and how many doubts it settled."""
    ids = {line.marker: line.id for line in book if line.what == "applied"}
    verdict.unanswered, verdict.cut_off = doubts_of(project.ledger, project.sequence)
    for marker, state, activity_id in entries_of(project.ledger, project.sequence):
        if state != "scheduled":
            verdict.broken.append(f"{marker} ended '{state}'")
        elif activity_id != ids.get(marker):
            verdict.broken.append(f"{marker} is '{activity_id}' in the ledger and '{ids.get(marker)}' in the CRM")

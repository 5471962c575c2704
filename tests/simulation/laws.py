"""What must hold however the runs went. Each law returns what breaks it, in words."""

from __future__ import annotations

import itertools
import sqlite3
from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING

from tests.simulation.crm import LATE_S, ScriptedCrm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan
    from tests.simulation.crm import Sent

_HARMLESS = {"not sent", "429 in 3 s", "429 without a hint", "401"}


def broken(crm: ScriptedCrm, plan: Plan, *, quiet_s: float) -> list[str]:
    """Return every broken law, for a plan that all runs together should have carried out."""
    return [*_counts(crm, plan), *_order(crm, plan), *_resends(crm, quiet_s), *_early(crm)]


def _counts(crm: ScriptedCrm, plan: Plan) -> Iterator[str]:
    for activity in plan.activities:
        found = len(crm.with_marker(activity.marker))
        if found != 1:
            yield f"{activity.marker}: {'lost' if not found else f'{found} times'}"


def _order(crm: ScriptedCrm, plan: Plan) -> Iterator[str]:
    place = {a.marker: (e.key, at) for e in plan.enrollments for at, a in enumerate(e.activities)}
    highest: dict[str, int] = defaultdict(int)
    for sent in crm.sent:
        enrollment, position = place[sent.marker]
        if position < highest[enrollment]:
            yield f"{sent.marker} was sent after a later step"
        highest[enrollment] = max(highest[enrollment], position)


def _resends(crm: ScriptedCrm, quiet_s: float) -> Iterator[str]:
    for marker, sends in _by_marker(crm).items():
        for earlier, later in itertools.pairwise(sends):
            if earlier.fault.name not in _HARMLESS and later.at < earlier.at + quiet_s:
                yield f"{marker} was sent again {later.at - earlier.at:.1f} s after a send in doubt"


def _early(crm: ScriptedCrm) -> Iterator[str]:
    for earlier, later in itertools.pairwise(crm.sent):
        if earlier.fault.name == "429 in 3 s" and later.at < earlier.at + 3 and later.at > earlier.at + 0.2:
            yield f"{later.marker} was sent before Retry-After was over"


def _by_marker(crm: ScriptedCrm) -> dict[str, list[Sent]]:
    by_marker: dict[str, list[Sent]] = defaultdict(list)
    for sent in crm.sent:
        by_marker[sent.marker].append(sent)
    return by_marker


class IntentWatch:
    """Looks into the ledger's file, by a connection of its own, as each POST begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.without_intent: list[str] = []

    def __call__(self, marker: str) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            states = connection.execute("SELECT state FROM entries WHERE marker = ?", (marker,)).fetchall()
        if states != [("sending",)]:
            self.without_intent.append(f"{marker} was sent while the ledger said {states}")


__all__ = ["LATE_S", "IntentWatch", "broken"]

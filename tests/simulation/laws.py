"""What must hold however the runs went. Each law returns what breaks it, in words."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.simulation.plans import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.plan import Plan
    from tests.simulation.crm import ScriptedCrm, Sent
    from tests.simulation.stores import Store


def broken(crm: ScriptedCrm, plan: Plan, *, quiet_s: float) -> list[str]:
    """Return every broken law, for a plan that all runs together should have carried out."""
    doubts = [*_resends(crm, quiet_s), *_early_looks(crm, plan, quiet_s)]
    return [*_counts(crm, plan), *_order(crm, plan), *doubts, *early(crm)]


def disagreements(crm: ScriptedCrm, store: Store) -> Iterator[str]:
    """Yield where the ledger, in the end, does not say what the CRM holds."""
    held = {activity.marker: activity.id for activity in crm.activities.values()}
    for marker, state, activity_id in store.rows("SELECT marker, state, activity_id FROM entries"):
        if (state, activity_id) != ("scheduled", held.get(marker)):
            yield f"{marker} is {state} as {activity_id} in the ledger and {held.get(marker)} in the CRM"


def _counts(crm: ScriptedCrm, plan: Plan) -> Iterator[str]:
    found = Counter(held.marker for held in crm.activities.values())
    for activity in plan.activities:
        if found[activity.marker] != 1:
            yield f"{activity.marker}: {'lost' if not found[activity.marker] else f'{found[activity.marker]} times'}"


def _order(crm: ScriptedCrm, plan: Plan) -> Iterator[str]:
    place = {a.marker: (e, at) for e in plan.enrollments for at, a in enumerate(e.activities)}
    there = {held.marker: held.applied_at for held in reversed(crm.activities.values())}
    highest: dict[str, int] = defaultdict(int)
    for sent in crm.sent:
        enrollment, position = place[sent.marker]
        if position and there.get(enrollment.activities[position - 1].marker, math.inf) > sent.at:
            yield f"{sent.marker} was sent before the step before it was there"
        if position < highest[enrollment.key]:
            yield f"{sent.marker} was sent after a later step"
        highest[enrollment.key] = max(highest[enrollment.key], position)


def _resends(crm: ScriptedCrm, quiet_s: float) -> Iterator[str]:
    for marker, sends in _by_marker(crm).items():
        for earlier, later in itertools.pairwise(sends):
            if not earlier.fault.harmless and later.at < earlier.at + quiet_s:
                yield f"{marker} was sent again {later.at - earlier.at:.1f} s after a send in doubt"


def _early_looks(crm: ScriptedCrm, plan: Plan, quiet_s: float) -> Iterator[str]:
    marker_of = {activity.due_at: activity.marker for activity in plan.activities}
    by_marker = _by_marker(crm)
    for look in crm.probed:
        marker = marker_of[look.due_from + (look.due_to - look.due_from) / 2]
        sends = [sent for sent in by_marker[marker] if sent.at <= look.at]
        if not sends:
            continue
        last = sends[-1]
        asked = last.answered_at + last.retry_after_s if last.retry_after_s and last.by == look.by else 0.0
        if look.at < max(last.at + quiet_s, asked):
            yield f"{marker} was looked for {look.at - last.at:.1f} s after a send in doubt"


def early(crm: ScriptedCrm) -> Iterator[str]:
    """Yield what a process sent before a Retry-After was over that it had been told."""
    until: dict[int, float] = {}
    told = iter(sorted((sent for sent in crm.sent if sent.retry_after_s), key=lambda sent: sent.answered_at))
    answer = next(told, None)
    for sent in crm.sent:
        while answer is not None and answer.answered_at < sent.at:
            until[answer.by] = max(until.get(answer.by, 0.0), answer.answered_at + answer.retry_after_s)
            answer = next(told, None)
        if sent.at < until.get(sent.by, 0.0):
            yield f"{sent.marker} was sent {until[sent.by] - sent.at:.1f} s before Retry-After was over"


def overlooked(crm: ScriptedCrm, *, heard_s: float) -> Iterator[str]:
    """Yield what any process sent before a Retry-After was over that one of them was told *heard_s* ago, or longer."""
    told = sorted((sent for sent in crm.sent if sent.retry_after_s), key=lambda sent: sent.answered_at)
    for sent in crm.sent:
        for answer in told:
            if answer.answered_at + heard_s <= sent.at < answer.answered_at + answer.retry_after_s:
                late = sent.at - answer.answered_at
                yield f"{sent.marker} was sent {late:.2f} s into a Retry-After of {answer.retry_after_s:.0f} s"
                break


def _by_marker(crm: ScriptedCrm) -> dict[str, list[Sent]]:
    by_marker: dict[str, list[Sent]] = defaultdict(list)
    for sent in crm.sent:
        by_marker[sent.marker].append(sent)
    return by_marker


class IntentWatch:
    """Looks at what the ledger has committed as each POST begins."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.without_intent: list[str] = []

    def __call__(self, marker: str) -> None:
        states = self._store.rows("SELECT state FROM entries WHERE key = ?", key_of(marker))
        if states != [("sending",)]:
            self.without_intent.append(f"{marker} was sent while the ledger said {states}")

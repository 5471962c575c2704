"""The short way to the dues of a record whose steps count from dates alone: what was found for others is looked up.

It leads where the long way leads, or says that the long way has to be taken. What it does not work out, the assignees'
reasons, bodies and whys, is written by the long way when somebody reads it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cadence.errors import CadenceError
from cadence.model.plan import Action
from cadence.model.sequence import AnchorKind
from cadence.planning.anchors import waits_for
from cadence.planning.draft import Draft
from cadence.planning.due import place
from cadence.planning.fields import find_field
from cadence.planning.lint import reordered
from cadence.planning.point import Point, point_at, read_point
from cadence.planning.window import window_of
from cadence.timing.instants import to_datetime

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.diagnostics import Finding
    from cadence.model.sequence import Anchor
    from cadence.planning.compiled import CompiledSequence, CompiledStep
    from cadence.planning.subject import Subject
    from cadence.timing.zones import Zone

__all__ = ["Along", "Lane", "Placed", "along_lanes"]

_KEPT = 8192
_FROM_STEP = frozenset({AnchorKind.STEP, AnchorKind.COMPLETION})
_NO_STEP = -1


class Placed(NamedTuple):
    """Where a due stands: by instant, position in the file and occurrence; as a point on the wall; as a datetime."""

    order: tuple[int, int, int]
    point: Point
    due_at: datetime
    lane: Lane

    def draft(self) -> Draft:
        """Return a draft of it, without its why."""
        draft = self.lane.draft()
        draft.utc = self.order[0]
        return draft


class Lane:
    """One occurrence of a step in one zone, with the dues found so far by the point that they count from.

    `source` is the lane of the step that it counts from, by number. `waits` says for which completion it waits.
    """

    __slots__ = (
        "action",
        "anchor",
        "compiled",
        "found",
        "is_in_order",
        "occurrence",
        "source",
        "step_id",
        "waits",
        "zone",
    )

    def __init__(self, compiled: CompiledStep, occurrence: int, zone: Zone, source: int, waits: str | None) -> None:
        self.compiled = compiled
        self.step_id = compiled.step.id
        self.occurrence = occurrence
        self.zone = zone
        self.anchor = compiled.step.due.anchor
        self.source = source
        self.waits = waits
        self.action = Action.CREATE if waits is None else Action.ESTIMATE
        self.is_in_order = compiled.step.repeat is None and not compiled.backwards
        self.found: dict[Point | int, Placed | None] = {}

    def place(self, point: Point) -> Placed | None:
        """Return the due that counts from *point*; None where there is more to say of it than its due."""
        key = point.day if self.compiled.is_by_day else point
        try:
            return self.found[key]
        except KeyError:
            if len(self.found) >= _KEPT:
                self.found.clear()
            found = self.found[key] = self._place(point)
            return found

    def draft(self) -> Draft:
        """Return a draft without a due."""
        window = window_of(self.compiled, self.zone)
        return Draft(self.compiled, self.occurrence, zone=self.zone, window=window, seed="")

    def _place(self, point: Point) -> Placed | None:
        draft = self.draft()
        try:
            utc = place(draft, point)
        except CadenceError:
            return None
        if draft.lands_on_close or draft.warnings or draft.skipped is not None:
            return None
        order = (utc, self.compiled.position, self.occurrence)
        return Placed(order, point_at(utc, self.zone), to_datetime(utc), self)


class Along(NamedTuple):
    """The dues in submission order, and what deserves a look in it."""

    placed: list[Placed]
    findings: tuple[Finding, ...]


def along_lanes(subject: Subject) -> Along | None:
    """Return the dues; None where the long way has to be taken.

    That is so wherever a due depends on another record, on an assignee or on the ledger, and wherever there is anything
    to refuse, or to warn of but the order of the steps.
    """
    lanes = _lanes(subject)
    placed = None if lanes is None else _placed(lanes, subject)
    if placed is None:
        return None
    placed.sort()
    findings = _warnings(placed, subject.shared.now_utc)
    return None if findings is None else Along(placed, findings)


def _lanes(subject: Subject) -> list[Lane] | None:
    compiled = subject.compiled
    if not compiled.is_plain or subject.existing is not None or subject.earlier or subject.shared.active:
        return None
    if subject.zone_word not in compiled.own_words:
        return None
    lanes = compiled.lanes.get(subject.zone.name)
    if lanes is None:
        lanes = compiled.lanes[subject.zone.name] = _new_lanes(compiled, subject.zone)
    return lanes


def _new_lanes(compiled: CompiledSequence, zone: Zone) -> list[Lane]:
    lanes: list[Lane] = []
    last: dict[str, int] = {}
    for each in compiled.steps:
        anchor = each.step.due.anchor
        source = last[anchor.name] if anchor.kind in _FROM_STEP else _NO_STEP
        waits = lanes[source].waits if source != _NO_STEP else None
        if anchor.kind is AnchorKind.COMPLETION:
            waits = waits_for(anchor)
        times = each.step.repeat.times if each.step.repeat else 1
        lanes += [Lane(each, number, zone, source, waits) for number in range(1, times + 1)]
        last[each.step.id] = len(lanes) - 1
    return lanes


def _placed(lanes: list[Lane], subject: Subject) -> list[Placed] | None:
    start = point_at(subject.start, subject.zone)
    placed: list[Placed] = []
    for lane in lanes:
        if lane.source != _NO_STEP:
            point: Point | None = placed[lane.source].point
        else:
            point = start if lane.anchor.kind is AnchorKind.START else _named_point(lane.anchor, subject)
        found = None if point is None else lane.place(point)
        if found is None:
            return None
        placed.append(found)
    return placed


def _named_point(anchor: Anchor, subject: Subject) -> Point | None:
    """Return the point in the record's field or in the param; None where there is none."""
    is_field = anchor.kind is AnchorKind.RECORD
    return read_point(
        find_field(subject.record, anchor.name) if is_field else subject.params.get(anchor.name), subject.zone
    )


def _warnings(placed: list[Placed], now: int) -> tuple[Finding, ...] | None:
    """Return what lint says of the order; None where a due lies in the past or two fall together."""
    found: list[Finding] = []
    before, above = None, None
    for (utc, position, _), _, _, lane in placed:
        if utc == before or (utc < now and lane.waits is None):
            return None
        if lane.is_in_order:
            if above is not None and position < above.compiled.position:
                found.append(_reordered(above, lane))
            above = lane
        before = utc
    return tuple(found)


@lru_cache(maxsize=256)
def _reordered(one: Lane, other: Lane) -> Finding:
    return reordered(one.compiled.step, other.compiled.step)

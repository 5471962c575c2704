"""The earliest and the latest a due may be (step 8 of docs/explanation/plan.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cadence.model.sequence import Slot
from cadence.planning.exact import elapsed_seconds
from cadence.planning.nominal import nominal_day
from cadence.planning.problem import Problem
from cadence.planning.rules import obeying
from cadence.planning.trace import Rule
from cadence.planning.words import instant_words
from cadence.timing.civil import DAY
from cadence.timing.days import weekday_from

if TYPE_CHECKING:
    from cadence.model.sequence import Due
    from cadence.planning.anchors import Anchors
    from cadence.planning.draft import Draft
    from cadence.planning.point import Point
    from cadence.planning.rules import RuleBook

__all__ = ["Bounds", "find_bounds", "within"]

_MINUTE = 60


class Bounds(NamedTuple):
    """First and last instant at which a due may be, both included; None is unbounded."""

    first: int | None = None
    last: int | None = None


def find_bounds(draft: Draft, anchors: Anchors) -> Bounds:
    """Return the bounds of the step. Raises Problem for an anchor without a value."""
    step = draft.compiled.step
    first = _bound(draft, step.not_before, anchors, last=False)
    return Bounds(first, _bound(draft, step.not_after, anchors, last=True))


def within(draft: Draft, utc: int, *, bounds: Bounds, book: RuleBook) -> int:
    """Return *utc* inside its bounds: one beyond moves to it, inwards into the window, and obeys the rules.

    Raises Problem where nothing is left between them.
    """
    if bounds.first is not None and utc < bounds.first:
        given = draft.window.onward(bounds.first)
        draft.trace.instant(Rule.NOT_BEFORE, utc, given, _words(draft, "not before", bounds.first))
        utc = obeying(draft, given, direction=1, book=book)
    elif bounds.last is not None and utc > bounds.last:
        given = draft.window.back(_whole_minute(draft, bounds.last))
        draft.trace.instant(Rule.NOT_AFTER, utc, given, _words(draft, "not after", bounds.last))
        utc = obeying(draft, given, direction=-1, book=book)
    if (bounds.first is not None and utc < bounds.first) or (bounds.last is not None and utc > bounds.last):
        raise _nothing_between(draft, bounds)
    return utc


def _bound(draft: Draft, due: Due | None, anchors: Anchors, *, last: bool) -> int | None:
    found = None if due is None else anchors.find(due.anchor, draft.zone)
    if due is None or found is None:
        return None
    day = nominal_day(draft.compiled, found.point, due.offset)
    if due.weekday is not None:
        direction = -1 if due.before else 1
        day = weekday_from(day, due.weekday.weekday, direction=direction, inclusive=due.weekday.inclusive)
    time = _time(due, found.point, last=last)
    if time is None:
        return draft.zone.to_utc((day + 1) * DAY) - 1 if last else draft.zone.to_utc(day * DAY)
    return elapsed_seconds(draft, draft.zone.to_utc(day * DAY + time, draft.compiled.step.policy), due.offset)


def _time(due: Due, point: Point, *, last: bool) -> int | None:
    """Return the bound's time of day; None for a date alone, which stands for its whole day."""
    if isinstance(due.at, Slot):
        return due.at.closes if last else due.at.opens
    time = point.time if due.at is None else due.at
    return 0 if time is None and due.offset.has_exact else time


def _whole_minute(draft: Draft, last: int) -> int:
    """Return the last second of a day as 23:59, any other instant as it is."""
    return last + 1 - _MINUTE if draft.zone.to_local(last + 1) % DAY == 0 else last


def _words(draft: Draft, what: str, bound: int) -> str:
    return f"{what} {instant_words(bound, draft.zone)}"


def _nothing_between(draft: Draft, bounds: Bounds) -> Problem:
    edges = (("not before", bounds.first), ("not after", bounds.last))
    said = " and ".join(_words(draft, what, bound) for what, bound in edges if bound is not None)
    return Problem("out-of-bounds", f"no time is left {said}", hint="widen the bounds, the window or the rules")

"""How a due is computed: the eight steps of docs/explanation/plan.md, in their order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cadence.model.sequence import IfPast
from cadence.planning.bounds import find_bounds, within
from cadence.planning.exact import elapsed, moved_into_window
from cadence.planning.nominal import nominal_day, offset_words, rolled_day, weekday_shifted
from cadence.planning.occurrences import offset_of
from cadence.planning.problem import Problem
from cadence.planning.rules import obeying
from cadence.planning.timeofday import resolved, timed
from cadence.planning.trace import Rule, Trace
from cadence.planning.words import instant_words
from cadence.timing.days import weekday_from

if TYPE_CHECKING:
    from cadence.planning.anchors import Anchors, Found
    from cadence.planning.compiled import CompiledStep
    from cadence.planning.draft import Draft
    from cadence.planning.occurrences import RuleDate
    from cadence.planning.point import Point
    from cadence.planning.rules import RuleBook
    from cadence.timing.offset import Offset

__all__ = ["Placement", "brought_past_now", "compute_due", "first_day", "place"]

_KEPT = 8192


class Placement(NamedTuple):
    """Where steps 2 to 6 put a due, and their lines. It depends on step, point and window alone."""

    utc: int
    trace: Trace
    lands_on_close: bool


def compute_due(
    draft: Draft,
    found: Found,
    *,
    chosen: RuleDate | None,
    anchors: Anchors,
    book: RuleBook,
) -> None:
    """Compute `draft.utc`, steps 1 to 8 without `if_past`. *chosen* is the date an RRULE gave.

    Raises Problem, NeverOpen, and SkippedTime or RepeatedTime where the step says so.
    """
    _note_anchor(draft, found)
    utc = _placed(draft, found.point, chosen)
    utc = obeying(draft, utc, direction=-1 if draft.compiled.backwards else 1, book=book)
    draft.utc = within(draft, utc, bounds=find_bounds(draft, anchors), book=book)


def brought_past_now(draft: Draft, now: int, *, anchors: Anchors, book: RuleBook) -> None:
    """Do with a due before *now* what the step's `if_past` says. Raises Problem where it says fail."""
    if draft.utc >= now or draft.waits is not None or draft.skipped is not None:
        return
    when = instant_words(draft.utc, draft.zone)
    match draft.compiled.step.if_past:
        case IfPast.FAIL:
            hint = "start later with --start, or say what then: if_past: skip, now or keep"
            raise Problem("due-in-the-past", f"due {when} lies in the past", hint=hint)
        case IfPast.SKIP:
            draft.skipped = f"due {when} lies in the past"
        case IfPast.KEEP:
            draft.trace.note(Rule.IF_PAST, f"due {when} lies in the past and is kept")
        case IfPast.NOW:
            given = draft.window.onward(now)
            draft.trace.instant(Rule.IF_PAST, draft.utc, given, "lay in the past: moved to now")
            utc = obeying(draft, given, direction=1, book=book)
            bounds = find_bounds(draft, anchors)
            draft.utc = within(draft, utc, bounds=bounds._replace(first=max(now, bounds.first or now)), book=book)


def first_day(compiled: CompiledStep, point: Point) -> int:
    """Return the first unrolled date, from which an RRULE starts."""
    day = nominal_day(compiled, point, compiled.step.due.offset)
    shift = compiled.step.due.weekday
    if shift is None:
        return day
    direction = -1 if compiled.backwards else 1
    return weekday_from(day, shift.weekday, direction=direction, inclusive=shift.inclusive)


def _placed(draft: Draft, point: Point, chosen: RuleDate | None) -> int:
    """Return where steps 2 to 6 put the due. What they found for the same point and window before is used again."""
    compiled = draft.compiled
    if not compiled.is_reusable:
        return place(draft, point, chosen)
    key = (draft.window, point.day if compiled.is_by_day else point)
    known = compiled.placements.get(key)
    if known is None:
        known = _placement(draft, point)
        if len(compiled.placements) >= _KEPT:
            compiled.placements.clear()
        compiled.placements[key] = known
    draft.trace.join(known.trace)
    draft.lands_on_close = known.lands_on_close
    return known.utc


def _placement(draft: Draft, point: Point) -> Placement:
    trace, draft.trace = draft.trace, Trace()
    try:
        utc = place(draft, point)
        return Placement(utc, draft.trace, draft.lands_on_close)
    finally:
        draft.trace = trace


def place(draft: Draft, point: Point, chosen: RuleDate | None = None) -> int:
    """Return where steps 2 to 6 put the due; they depend on step, point, window and seed alone."""
    compiled = draft.compiled
    offset = offset_of(compiled.step.due.offset, compiled.step.repeat, draft.occurrence)
    if chosen is not None or compiled.chooses_day or point.time is None:
        utc = _on_a_day(draft, point, offset, chosen)
    else:
        utc = _instant_of(draft, point)
    if offset.has_exact:
        utc = elapsed(draft, utc, offset)
    return moved_into_window(draft, utc)


def _on_a_day(draft: Draft, point: Point, offset: Offset, chosen: RuleDate | None) -> int:
    compiled, time = draft.compiled, point.time
    if chosen is not None:
        day, time = chosen.day, point.time if chosen.time is None else chosen.time
        draft.trace.day(Rule.OFFSET, point.day, day, _repeat_words(draft))
    else:
        day = nominal_day(compiled, point, offset)
        if offset.has_nominal:
            draft.trace.day(Rule.OFFSET, point.day, day, partial(_offset_words, draft, point.day, day))
        if compiled.step.due.weekday is not None:
            day = weekday_shifted(draft, day, compiled.step.due.weekday, backwards=compiled.backwards)
    day = rolled_day(draft, day, time)
    return timed(draft, day, point._replace(time=time))


def _instant_of(draft: Draft, point: Point) -> int:
    if point.utc is not None:
        return point.utc
    return resolved(draft, point.day, point.time or 0)


def _note_anchor(draft: Draft, found: Found) -> None:
    point = found.point
    if point.utc is not None:
        draft.trace.instant(Rule.ANCHOR, None, point.utc, found.words)
    else:
        draft.trace.day(Rule.ANCHOR, None, point.day, found.words)


def _offset_words(draft: Draft, start: int, end: int) -> str:
    said = offset_words(draft.compiled, start, end)
    return said if draft.occurrence == 1 else f"{said}, occurrence {draft.occurrence}"


def _repeat_words(draft: Draft) -> str:
    repeat = draft.compiled.step.repeat
    return f"occurrence {draft.occurrence} of {repeat.rrule}" if repeat else ""

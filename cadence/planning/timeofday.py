"""The time of a due on its date, and its instant (step 5 of docs/explanation/plan.md)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.model.sequence import Slot
from cadence.planning.slot import spread
from cadence.planning.trace import Rule
from cadence.planning.words import clock_words, instant_words
from cadence.timing.civil import DAY

if TYPE_CHECKING:
    from cadence.planning.draft import Draft
    from cadence.planning.point import Point

__all__ = ["resolved", "timed"]


def timed(draft: Draft, day: int, point: Point) -> int:
    """Return the instant on *day*: at the step's time or slot, else at the anchor's time, else at the first opening."""
    at = draft.compiled.step.due.at
    if isinstance(at, Slot):
        found = spread(draft, day, at)
        if found is not None:
            return found
        at = at.opens
    elif at is None:
        if point.time is None:
            return _at_opening(draft, day)
        if day == point.day and point.utc is not None:
            return _fitted(draft, day, point.utc)
        at = point.time
    raw = resolved(draft, day, at)
    return _fitted(draft, day, raw)


def resolved(draft: Draft, day: int, time: int) -> int:
    """Return the instant at which clocks in the step's zone show *time* on *day*; a clock change adds its line."""
    local = day * DAY + time
    utc, kind = draft.zone.resolve(local, draft.compiled.step.policy)
    draft.trace.resolved(Rule.TIME, day, utc, partial(_time_words, time))
    if kind != "exact":
        draft.trace.instant(Rule.CLOCK_CHANGE, None, utc, partial(_clock_change_words, draft, time, utc, kind))
    return utc


def _at_opening(draft: Draft, day: int) -> int:
    """Return the first opening of *day*; of a day without one, the next opening, or going backwards the last close."""
    window = draft.window
    opening = window.opening_on(day)
    if opening is not None:
        draft.trace.resolved(Rule.TIME, day, opening, "the first opening of the day")
        return opening
    if draft.compiled.backwards:
        raw, given = draft.zone.to_utc((day + 1) * DAY - 60), window.back(draft.zone.to_utc((day + 1) * DAY))
    else:
        raw = draft.zone.to_utc(day * DAY)
        given = window.onward(raw)
    return _moved(draft, raw, given)


def _fitted(draft: Draft, day: int, raw: int) -> int:
    window = draft.window
    if window.holds(raw):
        return raw
    if draft.compiled.backwards:
        return _moved(draft, raw, window.back(raw))
    given = _moved(draft, raw, window.on_day(day, raw))
    draft.lands_on_close = given < raw
    return given


def _moved(draft: Draft, raw: int, given: int) -> int:
    return draft.bring_inside(
        Rule.WINDOW,
        raw,
        given,
        reason=partial(draft.window.reason, raw, given),
        problem=f"due {instant_words(raw, draft.zone)} is outside the window",
    )


def _time_words(time: int) -> str:
    return f"at {clock_words(time % DAY)}"


def _clock_change_words(draft: Draft, time: int, utc: int, kind: str) -> str:
    shown = clock_words(time % DAY)
    policy = draft.compiled.step.policy
    what = "is skipped as clocks go forward" if kind == "gap" else "happens twice as clocks go back"
    return f"{shown} {what}: read as {instant_words(utc, draft.zone)} ({policy})"

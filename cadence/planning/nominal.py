"""The local date of a due: offset, weekday and roll (steps 2 and 3 of docs/explanation/plan.md)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.planning.point import Point
from cadence.planning.problem import Problem
from cadence.planning.trace import Rule
from cadence.planning.words import day_words
from cadence.timing.civil import DAY
from cadence.timing.days import add_nominal, roll_day, weekday_from
from cadence.timing.hours import DAY_NAMES
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from cadence.model.sequence import WeekdayShift
    from cadence.planning.compiled import CompiledStep
    from cadence.planning.draft import Draft
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.offset import Offset

__all__ = ["belongs_to_day_before", "nominal_day", "rolled_day", "weekday_shifted"]

_LISTED_DAYS = 60


def nominal_day(compiled: CompiledStep, point: Point, offset: Offset) -> int:
    """Return the date that the nominal part of *offset* leads to: months, clamp, days, then business days.

    Business days of a time inside a shift that began the day before count from the date it belongs to, and the result
    is the date the time itself then falls on.
    """
    step, counting = compiled.step, compiled.counting
    late = compiled.wraps and offset.business_days and belongs_to_day_before(counting, point.day, point.time)
    if late:
        return nominal_day(compiled, Point(point.day - 1), offset) + 1
    if offset.months or step.count_from != "count":
        # Without a calendar business days are Monday to Friday, but no date is closed: a month ends on its last.
        roll = (compiled.hours and compiled.rolls) or Roll.UNADJUSTED
        return add_nominal(counting, point.day, offset, eom=step.eom, start=step.count_from, roll=roll)
    day = point.day + offset.days
    return counting.days.step(day, offset.business_days) if offset.business_days else day


def weekday_shifted(draft: Draft, day: int, shift: WeekdayShift, *, backwards: bool) -> int:
    """Return the weekday after *day*, or before it; *day* itself only where the shift is inclusive."""
    direction = -1 if backwards else 1
    given = weekday_from(day, shift.weekday, direction=direction, inclusive=shift.inclusive)
    draft.trace.day(Rule.WEEKDAY, day, given, partial(_weekday_words, shift, backwards))
    return given


def rolled_day(draft: Draft, day: int, time: int | None) -> int:
    """Return the date to which the step's roll convention takes *day*; *day* where it is open.

    Under `roll: skip` the step is skipped and *day* stays, for what counts from it. Raises Problem under `roll: fail`.
    """
    compiled = draft.compiled
    roll, calendar = compiled.rolls, compiled.hours
    if roll is None or calendar is None or calendar.days.is_open(day):
        return day
    if compiled.wraps and belongs_to_day_before(calendar, day, time):
        return day
    if roll is Roll.SKIP:
        draft.skipped = closed_words(calendar, day)
        return day
    if roll is Roll.FAIL:
        raise Problem("closed-day", closed_words(calendar, day), hint="choose another due, or roll: following")
    if draft.is_left_outside(closed_words(calendar, day)):
        return day
    given = roll_day(calendar, day, roll)
    draft.trace.day(Rule.ROLL, day, given, partial(_roll_words, calendar, day, given))
    return given


def belongs_to_day_before(calendar: BusinessCalendar, day: int, time: int | None) -> bool:
    """Whether *time* on *day* lies in a shift that began the day before."""
    return time is not None and any(close > DAY + time for _, close in calendar.hours_on(day - 1))


def closed_words(calendar: BusinessCalendar, day: int) -> str:
    """Return why *day* is closed, as a sentence."""
    why = calendar.why_closed(day) or "closed"
    if why in DAY_NAMES:
        return f"{day_words(day)} is closed"
    return f"{day_words(day)} is {why}" if why.startswith("closed") else f"{day_words(day)} is {why}: closed"


def offset_words(compiled: CompiledStep, start: int, end: int) -> str:
    """Return the sentence of the due, and the weekdays that did not count as business days on the way."""
    text = compiled.step.due.text
    calendar = compiled.counting
    if not compiled.step.due.offset.business_days or abs(end - start) > _LISTED_DAYS:
        return text
    passed = [day for day in range(min(start, end), max(start, end) + 1) if not calendar.days.is_open(day)]
    exceptions = [closed_words(calendar, day) for day in passed if calendar.why_closed(day) not in DAY_NAMES]
    return f"{text}; {', '.join(exceptions)}" if exceptions else text


def _weekday_words(shift: WeekdayShift, backwards: bool) -> str:
    preposition = ("on or " if shift.inclusive else "") + ("before" if backwards else "after")
    return f"the {DAY_NAMES[shift.weekday]} {preposition}"


def _roll_words(calendar: BusinessCalendar, taken: int, given: int) -> str:
    return f"{closed_words(calendar, taken)}, moved to {day_words(given)}"

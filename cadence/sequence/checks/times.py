"""Checks of times that can be made without a record: hours that never meet, parts that contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.sequence import AnchorKind, Slot
from cadence.sequence.hours import ANY
from cadence.timing.civil import day_of, weekday_of
from cadence.timing.hours import format_time, intersect, merge
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.diagnostics import Place
    from cadence.diagnostics.collector import Collector
    from cadence.model.sequence import Due
    from cadence.sequence.checks.outline import Outline
    from cadence.sequence.compound import Parts
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.hours import Interval, Week

__all__ = ["check_times"]

_DAY = 86_400


def check_times(outline: Outline, found: Collector) -> None:
    """Report dues and windows that can never work, and what says nothing."""
    for step in outline.steps:
        for key, due in outline.dues(step):
            _check_exact(key, due, step, found)
            _check_business_hours(key, due, step, outline, found)
        _check_month_end(step, found)
        _check_timeout(step, found)
        _check_window(step, outline, found)


def _check_exact(key: str, due: Due, step: Parts, found: Collector) -> None:
    if due.at is not None and due.offset.has_exact:
        message = f"{key} has a time of day and an exact offset: '{due.text}'"
        hint = "count in days with 'at', or leave 'at' out"
        found.error("at-with-exact", message, step.inner_place(key, "at"), hint)


def _check_business_hours(key: str, due: Due, step: Parts, outline: Outline, found: Collector) -> None:
    has_calendar = step.has("calendar") or outline.parts.has("calendar")
    if due.offset.business_seconds and not has_calendar:
        message = f"{key} counts business hours and there is no calendar: '{due.text}'"
        found.error("no-calendar", message, step.place(key), "add 'calendar', or count hours")


def _check_month_end(step: Parts, found: Collector) -> None:
    offsets = [step["due"].offset] if "due" in step else []
    repeat = step.get("repeat")
    if repeat is not None and repeat.every is not None:
        offsets.append(repeat.every)
    if step.get("eom") and offsets and not any(offset.months for offset in offsets):
        message = "eom says nothing where the offset has no months"
        found.warning("eom-without-months", message, step.place("eom"), "remove it, or count in months")


def _check_timeout(step: Parts, found: Collector) -> None:
    due = step.get("due")
    if "timeout" in step and due is not None and due.anchor.kind is not AnchorKind.COMPLETION:
        message = f"timeout waits for no completion: the due is '{due.text}'"
        hint = "remove it, or count from the completion of a step"
        found.error("timeout-without-completion", message, step.place("timeout"), hint)


def _check_window(step: Parts, outline: Outline, found: Collector) -> None:
    window, calendar = outline.inherited(step, "window"), outline.inherited(step, "calendar")
    if window == ANY or (window is None and calendar is None):
        return
    if step.get("roll") is Roll.UNADJUSTED:
        message = "roll 'unadjusted' keeps a date on which the window is closed"
        found.error("unadjusted-needs-any", message, step.place("roll"), "add 'window: any'")
    if calendar is not None and calendar.timezone:
        return  # its hours lie elsewhere on the clock, on each day differently
    hours = _hours(window, calendar)
    if not any(hours):
        name = f"calendar '{calendar.name}'" if calendar else "the window itself"
        message = f"the window never meets the hours of {name}"
        found.error(
            "window-never-open", message, _window_place(step, outline), "widen it, or lift both with 'window: any'"
        )
    elif "due" in step:
        _check_time_of_day(step["due"], hours, step, found)


def _window_place(step: Parts, outline: Outline) -> Place:
    owner = step if step.has("window") or not outline.parts.has("window") else outline.parts
    return owner.place("window") if owner.has("window") else owner.place("calendar")


def _hours(window: Week | None, calendar: BusinessCalendar | None) -> Week:
    """Return by weekday the local times that are ever open, those of special dates and of past midnight included."""
    wide = _by_day([]) if calendar is None else _calendar_days(calendar)
    if window is None:
        return wide
    narrow = _by_day((day, interval) for day in range(7) for interval in window[day])
    return narrow if calendar is None else tuple(intersect(a, b) for a, b in zip(wide, narrow, strict=True))


def _calendar_days(calendar: BusinessCalendar) -> Week:
    usual = [(day, interval) for day in range(7) for interval in calendar.week[day]]
    special = [(weekday_of(day_of(on)), interval) for on, hours in calendar.special for interval in hours]
    working = [interval for hours in calendar.week for interval in hours] if calendar.working else []
    lent = [(weekday_of(day_of(on)), interval) for on in calendar.working for interval in working]
    return _by_day([*usual, *special, *lent])


def _by_day(intervals: Iterable[tuple[int, Interval]]) -> Week:
    """Return the intervals by the weekday on which they are, with those past midnight cut at it."""
    days: list[list[Interval]] = [[] for _ in range(7)]
    for day, (opens, closes) in intervals:
        days[day].append((opens, min(closes, _DAY)))
        if closes > _DAY:
            days[(day + 1) % 7].append((0, closes - _DAY))
    return tuple(merge(day) for day in days)


def _check_time_of_day(due: Due, hours: Week, step: Parts, found: Collector) -> None:
    days = hours if due.weekday is None else (hours[due.weekday.weekday],)
    if due.at is None or not any(days) or any(_is_within(due.at, day) for day in days):
        return
    time = (
        f"{format_time(due.at.opens)}-{format_time(due.at.closes)}" if isinstance(due.at, Slot) else format_time(due.at)
    )
    message = f"{time} is outside the hours on every day, so the due will be moved"
    found.warning("at-outside-window", message, step.inner_place("due", "at"), "choose a time within the window")


def _is_within(at: int | Slot, day: tuple[Interval, ...]) -> bool:
    if isinstance(at, Slot):
        return any(opens < at.closes and at.opens < closes for opens, closes in day)
    return any(opens <= at <= closes for opens, closes in day)

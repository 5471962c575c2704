"""Arithmetic on dates: months with clamp, weekdays, business days and roll conventions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from cadence.errors import CalendarError
from cadence.timing.civil import date_of, day_of, month_length, weekday_of
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.offset import Offset

__all__ = [
    "CountFrom",
    "add_business_days",
    "add_months",
    "add_nominal",
    "is_month_end",
    "month_end",
    "roll_day",
    "weekday_from",
]

CountFrom = Literal["count", "roll"]
"""From a closed day: count at once, so that Saturday + 1 is Monday; or roll first, so that it is Tuesday."""


def month_end(day: int) -> int:
    """Return the last day of the month of *day*."""
    on = date_of(day)
    return day - on.day + month_length(on.year, on.month)


def is_month_end(day: int) -> bool:
    """Whether *day* is the last of its month."""
    return day == month_end(day)


def add_months(day: int, months: int, *, eom: bool = False) -> int:
    """Return the same day *months* later, clamped to the end of its month.

    With *eom* the end of a month stays the end of a month (28 February + 1 month = 31 March). Raises CalendarError
    outside the years 1 to 9999.
    """
    on = date_of(day)
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - what a date can hold
        raise CalendarError(f"'{months} months' from {on} leave the years 1 to 9999", hint="use a smaller offset")
    length = month_length(year, month + 1)
    sticks = eom and on.day == month_length(on.year, on.month)
    return day_of(date(year, month + 1, length if sticks else min(on.day, length)))


def weekday_from(day: int, weekday: int, *, direction: int = 1, inclusive: bool = False, n: int = 1) -> int:
    """Return the *n*-th such weekday (Monday is 0) after *day*, or before it where *direction* is negative.

    *inclusive* counts *day* itself where it is that weekday.
    """
    sign = 1 if direction > 0 else -1
    distance = sign * (weekday - weekday_of(day)) % 7
    if distance == 0 and not inclusive:
        distance = 7
    return day + sign * (distance + 7 * (n - 1))


def roll_day(calendar: BusinessCalendar, day: int, roll: Roll) -> int:
    """Return *day* where it is open, else the open day that the convention chooses.

    UNADJUSTED leaves a closed day; so do SKIP and FAIL, on which the caller acts. Nearest chooses the later of two
    that are equally near. Raises NeverOpen. Source: QuantLib, BusinessDayConvention.
    """
    if roll in _LEFT_ALONE or calendar.days.is_open(day):
        return day
    step = calendar.days.step
    match roll:
        case Roll.FOLLOWING:
            return step(day, 1)
        case Roll.PRECEDING:
            return step(day, -1)
        case Roll.NEAREST:
            later, earlier = step(day, 1), step(day, -1)
            return later if later - day <= day - earlier else earlier
        case Roll.MODIFIED_FOLLOWING:
            return _within_month(day, step(day, 1), lambda: step(day, -1))
        case _:
            return _within_month(day, step(day, -1), lambda: step(day, 1))


_LEFT_ALONE = frozenset({Roll.UNADJUSTED, Roll.SKIP, Roll.FAIL})


def _within_month(day: int, rolled: int, otherwise: Callable[[], int]) -> int:
    was, now = date_of(day), date_of(rolled)
    return rolled if (was.year, was.month) == (now.year, now.month) else otherwise()


def add_business_days(
    calendar: BusinessCalendar, day: int, n: int, *, start: CountFrom = "count", roll: Roll = Roll.FOLLOWING
) -> int:
    """Return the business day *n* business days after *day* (before it where negative).

    From a closed day, *start* says which school; zero takes *roll*. Raises NeverOpen.
    """
    if n == 0:
        return roll_day(calendar, day, roll)
    if start == "roll":
        day = roll_day(calendar, day, Roll.FOLLOWING if n > 0 else Roll.PRECEDING)
    return calendar.days.step(day, n)


def add_nominal(
    calendar: BusinessCalendar,
    day: int,
    offset: Offset,
    *,
    eom: bool = False,
    start: CountFrom = "count",
    roll: Roll = Roll.FOLLOWING,
) -> int:
    """Return *day* moved by the nominal part: months, clamp, days, then business days. The exact part is ignored.

    With *eom*, months alone lead from the last business day of a month to the last business day of another; where the
    roll leaves closed days alone, from month end to month end. Source: QuantLib, Calendar::advance.
    """
    if offset.months:
        alone = not (offset.days or offset.business_days)
        if eom and alone and roll not in _LEFT_ALONE and day >= _business_month_end(calendar, day):
            return _business_month_end(calendar, add_months(day, offset.months))
        day = add_months(day, offset.months, eom=eom)
    day += offset.days
    if offset.business_days:
        day = add_business_days(calendar, day, offset.business_days, start=start)
    return day


def _business_month_end(calendar: BusinessCalendar, day: int) -> int:
    return roll_day(calendar, month_end(day), Roll.PRECEDING)

"""Days and local seconds as integers: day 0 is 1970-01-01, local second 0 is its midnight on the wall clock."""

from __future__ import annotations

from datetime import date

from cadence.errors import CalendarError

__all__ = ["DAY", "date_of", "day_of", "first_day_of_year", "is_leap", "month_length", "weekday_of", "year_of"]

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_LAST = date.max.toordinal() - _EPOCH
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST = date.min.toordinal() - _EPOCH


def day_of(on: date) -> int:
    """Return the days from 1970-01-01 to *on*."""
    return on.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Return the date that lies *day* days after 1970-01-01. Raises CalendarError outside the years 1 to 9999."""
    if not _FIRST <= day <= _LAST:
        raise CalendarError(
            f"day '{day}' counted from 1970-01-01 is outside the years 1 to 9999", hint="use a smaller offset"
        )
    return date.fromordinal(day + _EPOCH)


def weekday_of(day: int) -> int:
    """Return the weekday of *day*; Monday is 0."""
    return (day + 3) % 7


def year_of(day: int) -> int:
    """Return the year in which *day* lies."""
    return date_of(day).year


def first_day_of_year(year: int) -> int:
    """Return 1 January of *year* as a day. Raises CalendarError outside the years 1 to 9999."""
    if not 1 <= year <= 9999:  # noqa: PLR2004 - what a date can hold
        raise CalendarError(f"year '{year}' is outside the years 1 to 9999", hint="use a smaller offset")
    return date(year, 1, 1).toordinal() - _EPOCH


def is_leap(year: int) -> bool:
    """Whether *year* has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """Return how many days the month has; January is 1."""
    return 29 if month == 2 and is_leap(year) else _MONTH_LENGTHS[month - 1]  # noqa: PLR2004 - February

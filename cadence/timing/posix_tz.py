"""The rule at the end of a zone's file, which holds for all years after its last transition.

Source: POSIX.1-2017, section 8.3, variable TZ, with the hours up to 167 that RFC 9636 allows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cadence.errors import CalendarError
from cadence.timing.civil import DAY, first_day_of_year, is_leap, month_length, weekday_of

__all__ = ["YearlyRule", "parse_posix_tz"]

_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_HMS = r"[+-]?\d{1,3}(?::\d{2}){0,2}"
_FORM = re.compile(rf"{_NAME}({_HMS})(?:{_NAME}({_HMS})?,([^,]+),([^,]+))?")
_DATE = re.compile(rf"(?:M(\d+)\.(\d)\.(\d)|J(\d+)|(\d+))(?:/({_HMS}))?")
_DEFAULT_TIME = 2 * 3600


class _Change(NamedTuple):
    """When in a year clocks change: exactly one of the three forms, and the local time, which may leave its day."""

    month_form: tuple[int, int, int] | None
    julian: int | None
    day_number: int | None
    time: int

    def local(self, year: int) -> int:
        """Return the local second of *year* at which clocks change, read on the clock before the change."""
        first = first_day_of_year(year)
        if self.month_form is not None:
            day = _nth_weekday(year, *self.month_form)
        elif self.julian is not None:
            day = first + self.julian - 1 + (is_leap(year) and self.julian >= 60)  # noqa: PLR2004 - 1 March, without 29 February
        else:
            day = first + (self.day_number or 0)
        return day * DAY + self.time


class YearlyRule(NamedTuple):
    """Offsets in seconds east of UTC; without daylight saving time `begins` and `ends` are None."""

    standard: int
    daylight: int
    begins: _Change | None
    ends: _Change | None

    def transitions(self, year: int) -> list[tuple[int, int]]:
        """Return (instant, offset from then on) for the changes of *year*, ascending."""
        if self.begins is None or self.ends is None:
            return []
        return sorted(
            [
                (self.begins.local(year) - self.standard, self.daylight),
                (self.ends.local(year) - self.daylight, self.standard),
            ]
        )


def parse_posix_tz(text: str) -> YearlyRule:
    """Return the rule that *text* writes, such as "EST5EDT,M3.2.0,M11.1.0". Raises CalendarError."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise CalendarError(f"zone rule '{text}' is not a POSIX TZ string", hint="reinstall the tzdata package")
    standard = -_seconds(match[1])
    if match[3] is None:
        return YearlyRule(standard, standard, None, None)
    daylight = standard + 3600 if match[2] is None else -_seconds(match[2])
    return YearlyRule(standard, daylight, _change(match[3], text), _change(match[4], text))


def _change(text: str, whole: str) -> _Change:
    match = _DATE.fullmatch(text)
    if match is None:
        raise CalendarError(f"zone rule '{whole}' has an unknown date '{text}'", hint="reinstall the tzdata package")
    month, week, weekday, julian, number, time = match.groups()
    return _Change(
        None if month is None else (int(month), int(week), int(weekday)),
        None if julian is None else int(julian),
        None if number is None else int(number),
        _DEFAULT_TIME if time is None else _seconds(time),
    )


def _seconds(text: str) -> int:
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    return -total if text.startswith("-") else total


def _nth_weekday(year: int, month: int, week: int, weekday: int) -> int:
    """Return the *week*-th such weekday (Sunday is 0) of a month; 5 means the last."""
    first = first_day_of_year(year) + sum(month_length(year, earlier) for earlier in range(1, month))
    day = first + (weekday - 1 - weekday_of(first)) % 7 + 7 * (week - 1)
    return day if day < first + month_length(year, month) else day - 7

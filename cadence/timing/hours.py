"""Hours of the day: intervals of local seconds, and the week they make up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cadence.errors import CalendarError
from cadence.timing.civil import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "ALL_DAY",
    "DAY_NAMES",
    "Interval",
    "Week",
    "every_day",
    "format_interval",
    "format_time",
    "intersect",
    "merge",
    "parse_days",
    "parse_interval",
    "parse_intervals",
    "parse_time",
    "subtract",
    "week_of",
]

Interval = tuple[int, int]
"""Seconds of the local day, `[open, close)`. A close past 86400 belongs to a shift that wraps past midnight."""

Week = tuple[tuple[Interval, ...], ...]
"""Seven entries, Monday first; each holds disjoint intervals in ascending order."""

ALL_DAY: Interval = (0, DAY)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?\s*(am|pm)?", re.IGNORECASE | re.ASCII)
_SEPARATOR = re.compile(r"\s*[-\u2013]\s*")
_CLOSED = frozenset({"", "closed", "none"})
# Not str.lower, which would take a Kelvin sign for a k.
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_GROUPS = {
    "weekdays": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
    "daily": (0, 1, 2, 3, 4, 5, 6),
    "every day": (0, 1, 2, 3, 4, 5, 6),
}
_DAYS = {name.lower(): number for number, name in enumerate(DAY_NAMES)} | {
    name[:3].lower(): number for number, name in enumerate(DAY_NAMES)
}


def parse_time(text: str, *, allow_24: bool = False) -> int:
    """Return seconds since local midnight for "9:00", "17:30", "9am" or "5:30 pm".

    "24:00" is understood where *allow_24* says so: it only makes sense as a close. Raises CalendarError.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None or not (match[2] or match[4]):
        raise _not_a_time(text)
    hour = _hour(int(match[1]), match[4], text)
    minute, second = int(match[2] or 0), int(match[3] or 0)
    if hour == 24 and minute == second == 0 and not match[4]:  # noqa: PLR2004 - the 24:00 of ISO 8601
        if allow_24:
            return DAY
        raise CalendarError(f"time '{text}' can only close an interval", hint="write '00:00' of the next day")
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - a clock's limits
        raise _not_a_time(text)
    return hour * 3600 + minute * 60 + second


def _hour(hour: int, half: str | None, text: str) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock face
        raise _not_a_time(text)
    return hour % 12 + (12 if half.lower() == "pm" else 0)


def _not_a_time(text: str) -> CalendarError:
    return CalendarError(f"time '{text}' is not a time of day", hint="write it as '09:00', '17:30' or '9am'")


def format_time(seconds: int) -> str:
    """Return "HH:MM", or "HH:MM:SS" where there are seconds; 86400 is "24:00", later is read on the next day."""
    if seconds > DAY:
        seconds -= DAY
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def parse_interval(text: str) -> Interval:
    """Return the interval written as "09:00-12:30"; "22:00-06:00" wraps past midnight. Raises CalendarError."""
    ends = _SEPARATOR.split(text.strip())
    if len(ends) != 2:  # noqa: PLR2004 - an interval has two ends
        raise CalendarError(f"hours '{text}' are not an interval", hint="write them as '09:00-17:00'")
    opens, closes = parse_time(ends[0]), parse_time(ends[1], allow_24=True)
    if opens == closes:
        raise CalendarError(f"hours '{text}' are empty", hint="write '00:00-24:00' for the whole day, or 'closed'")
    return (opens, closes) if closes > opens else (opens, closes + DAY)


def format_interval(interval: Interval) -> str:
    """Return the interval as it would be written: "09:00-12:30", "22:00-06:00"."""
    return f"{format_time(interval[0])}-{format_time(interval[1])}"


def parse_intervals(value: str | Iterable[str]) -> tuple[Interval, ...]:
    """Return the merged intervals of "09:00-17:00", of a list of such, or () for "closed" and for an empty list."""
    texts = [value] if isinstance(value, str) else list(value)
    return merge(parse_interval(text) for text in texts if text.strip().lower() not in _CLOSED)


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union: ascending, disjoint, touching ones joined, empty ones dropped."""
    merged: list[Interval] = []
    for opens, closes in sorted(intervals):
        if opens >= closes:
            continue
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what lies in both, merged."""
    others = tuple(right)
    return merge((max(a, c), min(b, d)) for a, b in left for c, d in others)


def subtract(intervals: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what lies in *intervals* and in none of *taken*, merged."""
    left = list(merge(intervals))
    for first, last in taken:
        left = [piece for a, b in left for piece in ((a, min(b, first)), (max(a, last), b)) if piece[0] < piece[1]]
    return tuple(left)


def every_day(intervals: Iterable[Interval]) -> Week:
    """Return the week in which every day has *intervals*."""
    return (merge(intervals),) * 7


def parse_days(text: str) -> tuple[int, ...]:
    """Return the weekdays (Monday is 0) that "mon", "tue-thu", "mon, wed", "weekdays" or "daily" name.

    A range may pass the weekend, as in "fri-mon". Raises CalendarError.
    """
    days: list[int] = []
    for part in text.translate(_LOWER).split(","):
        days.extend(_days_of(" ".join(part.split()), text))
    return tuple(dict.fromkeys(days))


def _days_of(part: str, text: str) -> tuple[int, ...]:
    if part in _GROUPS:
        return _GROUPS[part]
    first, *rest = (_day_number(name, text) for name in _SEPARATOR.split(part))
    if not rest:
        return (first,)
    if len(rest) > 1:
        raise CalendarError(f"days '{text}' are not a range", hint="write it as 'mon-thu'")
    return tuple((first + step) % 7 for step in range((rest[0] - first) % 7 + 1))


def _day_number(name: str, text: str) -> int:
    if name in _DAYS:
        return _DAYS[name]
    from cadence.diagnostics import did_you_mean  # noqa: PLC0415 - only when something is wrong

    hint = did_you_mean(name, [*_DAYS, *_GROUPS]) or "days are mon, tue, ... sun, weekdays, weekend or daily"
    place = "" if name == text else f" in '{text}'"
    raise CalendarError(f"unknown day '{name}'{place}", hint=hint)


def week_of(hours: Mapping[str, str | Iterable[str]]) -> Week:
    """Return the week of a mapping such as {"mon-thu": ["09:00-12:30", "13:30-18:00"], "fri": "09:00-16:00"}.

    Days that are not named are closed. Raises CalendarError, also for a day that is named twice.
    """
    week: list[tuple[Interval, ...]] = [()] * 7
    named: dict[int, str] = {}
    for key, value in hours.items():
        intervals = parse_intervals(value)
        for day in parse_days(key):
            if day in named:
                raise CalendarError(
                    f"{DAY_NAMES[day]} is named twice, by '{named[day]}' and by '{key}'", hint="name each day once"
                )
            named[day] = key
            week[day] = intervals
    return tuple(week)

"""Business days as integers: how many there are before a day, and which day is the n-th."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cadence.errors import CalendarError, NeverOpen
from cadence.timing.civil import date_of, first_day_of_year, year_of

if TYPE_CHECKING:
    from cadence.timing.calendar import BusinessCalendar

__all__ = ["HORIZON_YEARS", "LIMIT_YEARS", "DayTable", "Span", "never_open"]

HORIZON_YEARS = 10
"""How many years without any opening are searched before NeverOpen is raised."""

LIMIT_YEARS = 400
"""How many years an offset in business days or hours may span."""

_YEAR = 366


class Span(NamedTuple):
    """Whole years of a calendar: `rank[day - first]` business days lie in `[first, day)`, and `days` are those.

    `rank` has one entry more than there are days, so that `rank[-1] == len(days)`.
    """

    first: int
    end: int
    rank: list[int]
    days: list[int]


_EMPTY = Span(0, 0, [0], [])


class DayTable:
    """Rank and list of a calendar's business days, grown by whole years as they are asked for.

    Growing replaces `span` as a whole, so readers in other threads never see half a table.
    """

    __slots__ = ("_calendar", "span")

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self.span = _EMPTY

    def is_open(self, day: int) -> bool:
        """Whether *day* is a business day."""
        span = self.covering(day)
        at = day - span.first
        return span.rank[at] != span.rank[at + 1]

    def step(self, day: int, count: int) -> int:
        """Return the *count*-th business day after *day* (before it where negative); *day* itself never counts.

        Raises NeverOpen where HORIZON_YEARS pass without one.
        """
        return self._after(day, count) if count > 0 else self._before(day, -count)

    def between(self, first: int, end: int) -> int:
        """Return how many business days lie in `[first, end)`; negative where *end* is before *first*."""
        span = self.covering(first, end)
        return span.rank[end - span.first] - span.rank[first - span.first]

    def covering(self, day: int, other: int | None = None) -> Span:
        """Return a span that covers *day*, and *other* where given."""
        span = self.span
        low, high = (day, day) if other is None else (min(day, other), max(day, other))
        if span.first <= low and high < span.end:
            return span
        return self._grow(year_of(low), year_of(high))

    def _after(self, day: int, count: int) -> int:
        span = self.covering(day)
        while (at := span.rank[day + 1 - span.first] + count - 1) >= len(span.days):
            self._check_horizon(day, span.end, span.days[-1] if span.days else day)
            span = self._grow(year_of(day), year_of(span.end) + _years(span) // 2)
        return span.days[at]

    def _before(self, day: int, count: int) -> int:
        span = self.covering(day)
        while (at := span.rank[day - span.first] - count) < 0:
            self._check_horizon(day, span.first, span.days[0] if span.days else day)
            span = self._grow(year_of(span.first - 1) - _years(span) // 2, year_of(day))
        return span.days[at]

    def _check_horizon(self, day: int, edge: int, nearest: int) -> None:
        """Raise where the outermost business day lies a horizon away from the edge, or the edge too far away."""
        if self._calendar.never_opens or min(abs(edge - day), abs(edge - nearest)) > HORIZON_YEARS * _YEAR:
            raise never_open(self._calendar, day)
        if abs(edge - day) > LIMIT_YEARS * _YEAR:
            name, on = self._calendar.name, date_of(day)
            raise CalendarError(
                f"calendar '{name}' has too few business days within {LIMIT_YEARS} years of {on}",
                hint="use a smaller offset",
            )

    def _grow(self, first_year: int, last_year: int) -> Span:
        """Replace the span by one that also has these years, and all between."""
        first, end = first_day_of_year(first_year), first_day_of_year(last_year + 1)
        span = self.span if self.span is not _EMPTY else Span(first, first, [0], [])
        first, end = min(first, span.first), max(end, span.end)
        days = [*self._business_days(first, span.first), *span.days, *self._business_days(span.end, end)]
        self.span = _ranked(first, end, days)
        return self.span

    def _business_days(self, first: int, end: int) -> list[int]:
        is_open = self._calendar.is_open_day
        return [day for day in range(first, end) if is_open(day)]


def _years(span: Span) -> int:
    return (span.end - span.first) // _YEAR


def _ranked(first: int, end: int, days: list[int]) -> Span:
    rank: list[int] = []
    previous = first
    for count, day in enumerate(days):
        rank += [count] * (day + 1 - previous)
        previous = day + 1
    rank += [len(days)] * (end + 1 - previous)
    return Span(first, end, rank, days)


def never_open(calendar: BusinessCalendar, day: int) -> NeverOpen:
    """Return the error that says why nothing opens around *day*."""
    if calendar.never_opens:
        return NeverOpen(
            f"calendar '{calendar.name}' never opens: no weekday and no special date has hours",
            hint='add hours, as in hours: {mon-fri: "09:00-17:00"}',
        )
    return NeverOpen(
        f"calendar '{calendar.name}' has no opening within {HORIZON_YEARS} years of {date_of(day)}",
        hint="add hours or open some of its closed dates",
    )

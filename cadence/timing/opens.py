"""Open hours as instants: when a calendar, a window and a person are open, and how much open time passes."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

from cadence.errors import CalendarError, NeverOpen
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY, date_of
from cadence.timing.daytable import HORIZON_YEARS, LIMIT_YEARS, never_open
from cadence.timing.hours import intersect, subtract
from cadence.timing.openspan import EMPTY_SPAN, OpenSpan, build_span
from cadence.timing.shifts import shifts_on, shifts_seen_from
from cadence.timing.zones import zone as zone_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.timing.hours import Interval, Week
    from cadence.timing.zones import Zone

    ShiftsOn = Callable[[int], tuple[Interval, ...]]

__all__ = ["Land", "OpenTable", "open_table"]

Land = Literal["close", "open"]
"""Where time that is used up exactly at a close lands: on that close, or on the next opening."""

_BEFORE, _AFTER, _CHUNK = 8, 64, 64  # days: few, since each further year may need holidays that no lock covers
_YEAR = 366 * DAY


class OpenTable:
    """When something is open, in the zone of whoever asks.

    Half-open: at its close it is closed, though a due may touch a close. The table grows as it is asked, in both
    directions; growing replaces `span` as a whole. Searches raise NeverOpen where HORIZON_YEARS pass without an
    opening, and CalendarError where more than LIMIT_YEARS would be needed.
    """

    __slots__ = ("_by_day", "_derived", "_find_shifts", "label", "span", "zone")

    def __init__(self, label: str, zone: Zone, find_shifts: ShiftsOn) -> None:
        self.label = label
        self.zone = zone
        self.span = EMPTY_SPAN
        self._find_shifts = find_shifts
        self._by_day: dict[int, tuple[Interval, ...]] = {}
        self._derived: dict[object, OpenTable] = {}

    def __repr__(self) -> str:
        return f"OpenTable({self.label})"

    def is_open(self, utc: int) -> bool:
        """Whether it is open at that instant; at a close it is not."""
        span = self._around(utc)
        at = bisect_right(span.opens, utc) - 1
        return at >= 0 and utc < span.closes[at]

    def contains(self, utc: int) -> bool:
        """Whether a due may lie there: it is open, or just closes."""
        span = self._around(utc)
        at = bisect_right(span.opens, utc) - 1
        return at >= 0 and utc <= span.closes[at]

    def next_opening(self, utc: int) -> int:
        """Return *utc* where it is open, else the next opening."""
        span = self._around(utc)
        at = bisect_right(span.opens, utc)
        if at and utc < span.closes[at - 1]:
            return utc
        while at == len(span.opens) or span.opens[at] > span.known_until:
            span = self._grow_after(span, utc)
            at = bisect_right(span.opens, utc)
        return span.opens[at]

    def last_close(self, utc: int) -> int:
        """Return *utc* where it is open or just closes, else the last close before it."""
        span = self._around(utc)
        at = bisect_right(span.opens, utc) - 1
        while at < 0 or span.closes[at] < span.known_from:
            span = self._grow_before(span, utc)
            at = bisect_right(span.opens, utc) - 1
        return min(utc, span.closes[at])

    def add(self, utc: int, seconds: int, *, land: Land = "close") -> int:
        """Return the instant until which *seconds* of open time pass from *utc*; negative goes back.

        Time that is used up exactly at a close lands on it, or by *land* on the next opening; backwards it lands on
        the opening. Nothing to add leads to the next opening, or nowhere where it is open.
        """
        if seconds == 0:
            return self.next_opening(utc)
        if seconds < 0:
            return self._subtract(utc, -seconds)
        span = self._around(utc)
        while (total := span.measure(utc) + seconds) > span.total_until:
            span = self._grow_after(span, utc)
        landed = span.first_with(total)
        return self.next_opening(landed) if land == "open" else landed

    def _subtract(self, utc: int, seconds: int) -> int:
        span = self._around(utc)
        while (total := span.measure(utc) - seconds) < span.total_from:
            span = self._grow_before(span, utc)
        return span.last_with(total)

    def between(self, first: int, last: int) -> int:
        """Return the open seconds from *first* to *last*; negative where *last* is the earlier."""
        self._around(first)
        span = self._around(last)
        return span.measure(last) - span.measure(first)

    def intervals(self, first: int, end: int) -> tuple[Interval, ...]:
        """Return what is open in `[first, end)`, cut at both ends."""
        if first >= end:
            return ()
        self._around(first)
        return self._around(end).cut(first, end)

    def shifts_on(self, day: int) -> tuple[Interval, ...]:
        """Return the shifts that open on local *day* as UTC intervals; the last may close on the next day."""
        found = self._by_day.get(day)
        if found is None:
            found = self._by_day[day] = self._find_shifts(day)
        return found

    def first_opening_on(self, day: int) -> int | None:
        """Return the first opening of local *day*; None where nothing opens on it."""
        shifts = self.shifts_on(day)
        return shifts[0][0] if shifts else None

    def last_close_on(self, day: int) -> int | None:
        """Return the last close of the shifts that open on local *day*; None where nothing opens on it."""
        shifts = self.shifts_on(day)
        return shifts[-1][1] if shifts else None

    def opening_day(self, utc: int) -> int | None:
        """Return the local day on which the shift that holds *utc* opened; None outside all shifts.

        A close belongs to its shift unless another opens there.
        """
        today = self.zone.to_local(utc) // DAY
        shifts = [(shift, day) for day in (today, today - 1, today - 2) for shift in self.shifts_on(day)]
        inside = [day for (opens, closes), day in shifts if opens <= utc < closes]
        return next(iter(inside or [day for (_, closes), day in shifts if closes == utc]), None)

    def as_due(self, utc: int) -> int:
        """Return *utc*, or a minute earlier where it is a close at local midnight.

        A due at 24:00 would show the next date.
        """
        at_midnight = self.zone.to_local(utc) % DAY == 0
        return utc - 60 if at_midnight and self.contains(utc) and not self.is_open(utc) else utc

    def narrow(self, week: Week) -> OpenTable:
        """Return this table narrowed to the local times of *week*; the same week gives the same table."""
        found = self._derived.get(week)
        if found is None:
            window = open_table(BusinessCalendar("window", week), self.zone)
            found = self._derived[week] = self._meeting(f"the window within {self.label}", window)
        return found

    def intersect(self, other: OpenTable) -> OpenTable:
        """Return when both are open, by the days of this one; the same other gives the same table."""
        found = self._derived.get(other)
        if found is None:
            found = self._derived[other] = self._meeting(f"{self.label} together with {other.label}", other)
        return found

    def minus(self, taken: tuple[Interval, ...]) -> OpenTable:
        """Return this table without the UTC intervals *taken*, such as leave; the same ones give the same table."""
        key = ("minus", taken)
        found = self._derived.get(key)
        if found is None:
            label = f"{self.label} without leave"
            found = self._derived[key] = OpenTable(label, self.zone, lambda day: subtract(self.shifts_on(day), taken))
        return found

    def _meeting(self, label: str, other: OpenTable) -> OpenTable:
        def shifts(day: int) -> tuple[Interval, ...]:
            own = self.shifts_on(day)
            return intersect(own, other.intervals(own[0][0], own[-1][1])) if own else ()

        return OpenTable(label, self.zone, shifts)

    def _around(self, utc: int) -> OpenSpan:
        """Return a span that knows *utc*."""
        span = self.span
        if span.known_from <= utc < span.known_until:
            return span
        day = utc // DAY
        if span is EMPTY_SPAN:
            span = OpenSpan(day, day, 0, 0, [], [], [0])
        return self._extend(span, min(span.first_day, day - _BEFORE), max(span.end_day, day + _AFTER))

    def _grow_after(self, span: OpenSpan, utc: int) -> OpenSpan:
        nearest = max(utc, span.closes[-1]) if span.closes else utc
        self._check_horizon(utc, span.known_until - nearest, span.known_until - utc)
        return self._extend(span, span.first_day, span.end_day + _chunk(span))

    def _grow_before(self, span: OpenSpan, utc: int) -> OpenSpan:
        nearest = min(utc, span.opens[0]) if span.opens else utc
        self._check_horizon(utc, nearest - span.known_from, utc - span.known_from)
        return self._extend(span, span.first_day - _chunk(span), span.end_day)

    def _check_horizon(self, utc: int, empty: int, searched: int) -> None:
        on = date_of(utc // DAY)
        if empty > HORIZON_YEARS * _YEAR:
            raise NeverOpen(
                f"{self.label} has no opening within {HORIZON_YEARS} years of {on}",
                hint="widen the hours or the window",
            )
        if searched > LIMIT_YEARS * _YEAR:
            raise CalendarError(
                f"{self.label} has too few open hours within {LIMIT_YEARS} years of {on}", hint="use a smaller offset"
            )

    def _extend(self, span: OpenSpan, first_day: int, end_day: int) -> OpenSpan:
        known = zip(span.opens, span.closes, strict=True)
        days = (*range(first_day, span.first_day), *range(span.end_day, end_day))
        self.span = build_span(first_day, end_day, [*known, *(shift for day in days for shift in self.shifts_on(day))])
        return self.span


def _chunk(span: OpenSpan) -> int:
    return max(_CHUNK, (span.end_day - span.first_day) // 2)


def open_table(calendar: BusinessCalendar, zone: Zone) -> OpenTable:
    """Return when *calendar* is open for somebody in *zone*; the same calendar value and zone give the same table.

    The calendar's own zone, where it has one, governs its hours, and *zone* the local days. Raises NeverOpen for a
    calendar without hours.
    """
    found = calendar.open_tables.get(zone.name)
    if found is None:
        found = calendar.open_tables[zone.name] = _new_table(calendar, zone)
    return found


def _new_table(calendar: BusinessCalendar, zone: Zone) -> OpenTable:
    if calendar.never_opens:
        raise never_open(calendar, 0)
    label = f"calendar '{calendar.name}'"
    if calendar.timezone is None or calendar.timezone == zone.name:
        return OpenTable(label, zone, lambda day: shifts_on(calendar, zone, day))
    home = zone_named(calendar.timezone)
    return OpenTable(label, zone, lambda day: shifts_seen_from(zone, calendar, home, day=day))

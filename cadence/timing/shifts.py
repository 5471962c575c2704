"""Shifts: the hours of a date as instants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timing.civil import DAY
from cadence.timing.hours import merge
from cadence.timing.zones import TRANSITION

if TYPE_CHECKING:
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.hours import Interval
    from cadence.timing.zones import Zone

__all__ = ["shifts_on", "shifts_seen_from", "wall_to_utc"]


def wall_to_utc(zone: Zone, opens: int, closes: int) -> tuple[Interval, ...]:
    """Return the instants at which clocks in *zone* read inside `[opens, closes)`, at most two local days.

    What the clocks skip is not there, what they repeat is there twice.
    """
    table = zone.table
    first, last = opens // DAY - table.first_day, (closes - 1) // DAY - table.first_day
    if first >= 0 and last < len(table.by_day):
        offset = table.by_day[first]
        if offset == table.by_day[last] != TRANSITION:
            return ((opens - offset, closes - offset),)
    segments = zone.segments(opens - DAY, closes + DAY)
    return merge((max(opens - offset, start), min(closes - offset, until)) for start, until, offset in segments)


def shifts_on(calendar: BusinessCalendar, zone: Zone, day: int) -> tuple[Interval, ...]:
    """Return the shifts that open on local *day* of *zone* as UTC intervals, ascending and disjoint."""
    midnight = day * DAY
    hours = calendar.hours_on(day)
    if len(hours) == 1:
        return wall_to_utc(zone, midnight + hours[0][0], midnight + hours[0][1])
    return merge(piece for opens, closes in hours for piece in wall_to_utc(zone, midnight + opens, midnight + closes))


def shifts_seen_from(zone: Zone, calendar: BusinessCalendar, home: Zone, *, day: int) -> tuple[Interval, ...]:
    """Return the shifts of a calendar at *home* that open on local *day* of another *zone*."""
    near = (shift for at_home in range(day - 2, day + 3) for shift in shifts_on(calendar, home, at_home))
    return merge(shift for shift in near if zone.to_local(shift[0]) // DAY == day)

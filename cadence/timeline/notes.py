"""What deserves a mark along the axis: closed dates with a reason, leave, clock changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.planning.leave import leave_spans
from cadence.timeline.backdrop import clock_changes
from cadence.timeline.timeline import Note, NoteKind
from cadence.timing.civil import DAY, date_of
from cadence.timing.hours import DAY_NAMES
from cadence.timing.instants import to_datetime
from cadence.timing.zones import zone as zone_named
from cadence.wording.dates import spoken_date, spoken_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cadence.model.people import Employee
    from cadence.timeline.scale import Scale
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.zones import Zone

__all__ = ["clock_notes", "closed_notes", "leave_notes"]


def closed_notes(calendars: Iterable[BusinessCalendar], zone: Zone, scale: Scale) -> Iterator[Note]:
    """Yield the dates that are closed for a reason other than their weekday, those with one reason as one."""
    spans = [range(zone.to_local(first) // DAY, zone.to_local(end) // DAY + 1) for first, end in scale.pieces]
    runs = dict.fromkeys(run for calendar in calendars for days in spans for run in _runs(calendar, days))
    for first, last, reason in runs:
        words = f"{_dates(date_of(first), date_of(last))}: {reason}"
        yield Note(NoteKind.CLOSED, zone.day_start(first), zone.day_start(last + 1), words)


def leave_notes(people: Iterable[Employee], zone: Zone, scale: Scale) -> Iterator[Note]:
    """Yield the leave of *people* that the scale shows, on dates of their own zone; *zone* is for those without one."""
    for person in people:
        home = zone_named(person.timezone) if person.timezone else zone
        leaves = sorted(person.leave, key=lambda leave: leave.first)
        for leave, (first, end) in zip(leaves, leave_spans(person, home), strict=True):
            if any(first < piece[1] and end > piece[0] for piece in scale.pieces):
                reason = f" ({leave.reason})" if leave.reason else ""
                yield Note(NoteKind.LEAVE, first, end, f"{_dates(leave.first, leave.last)}: {person.name} away{reason}")


def clock_notes(zones: Iterable[Zone], scale: Scale) -> Iterator[Note]:
    """Yield the clock changes in *zones* that the scale shows."""
    for zone in zones:
        for at, by in clock_changes(zone, scale):
            when = spoken_in(zone.name, to_datetime(at))
            yield Note(NoteKind.CLOCKS, at, at, f"{when}: clocks go {'forward' if by > 0 else 'back'} in {zone.name}")


def _runs(calendar: BusinessCalendar, days: range) -> Iterator[tuple[int, int, str]]:
    """Yield (first, last, reason) of the dates with one reason in a row."""
    first, reason = days.start, ""
    for day in range(days.start, days.stop + 1):
        now = _reason(calendar, day) if day < days.stop else ""
        if now != reason:
            if reason:
                yield first, day - 1, reason
            first, reason = day, now


def _reason(calendar: BusinessCalendar, day: int) -> str:
    why = calendar.why_closed(day) or ""
    return "" if why in DAY_NAMES else why


def _dates(first: date, last: date) -> str:
    return spoken_date(first) if first == last else f"{spoken_date(first)} to {spoken_date(last)}"

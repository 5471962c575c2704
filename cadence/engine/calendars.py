"""Calendars: their days one by one, and the lock of their holidays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence import files
from cadence.diagnostics import did_you_mean
from cadence.engine.results import DayRow, LockDiff, LockResult
from cadence.errors import CalendarError
from cadence.files.calendars import LOCK
from cadence.timing.civil import DAY, day_of
from cadence.timing.hours import format_interval
from cadence.timing.instants import to_datetime
from cadence.timing.lock import lock_holidays
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.lock import HolidayLock

__all__ = ["diff_lock", "named", "show_days", "write_lock"]


def named(calendars: Mapping[str, BusinessCalendar], name: str, *, folder: Path) -> BusinessCalendar:
    """Return the calendar of that name. Raises CalendarError with the name that was probably meant."""
    if name in calendars:
        return calendars[name]
    hint = did_you_mean(name, calendars) or f"put a file with `calendar: {name}` there"
    raise CalendarError(f"unknown calendar '{name}' in {folder}", hint=hint)


def show_days(calendar: BusinessCalendar, *, first: date, last: date, zone_name: str | None) -> Iterator[DayRow]:
    """Yield each day from *first* to *last* with its hours, in their own zone or as clocks in *zone_name* show them."""
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        day = day_of(on)
        intervals = calendar.hours_on(day)
        shown = [format_interval(interval) for interval in intervals]
        if zone_name is not None and intervals:
            shown = [_elsewhere(day, opens, closes, calendar, zone_name) for opens, closes in intervals]
        yield DayRow(on, tuple(shown), None if intervals else calendar.why_closed(day))


def _elsewhere(day: int, opens: int, closes: int, calendar: BusinessCalendar, zone_name: str) -> str:
    if calendar.timezone is None:
        raise CalendarError(
            f"calendar '{calendar.name}' has no timezone of its own: its hours are those of each record",
            hint="leave --zone away, or give the calendar a timezone",
        )
    own, other = zone(calendar.timezone), zone(zone_name)
    start, end = (to_datetime(other.to_local(own.to_utc(day * DAY + second))) for second in (opens, closes))
    return f"{start:%a %H:%M}-{end:%a %H:%M}"


def write_lock(
    calendars: Mapping[str, BusinessCalendar], folder: Path, *, first_year: int, last_year: int
) -> LockResult:
    """Write the holidays of all regions that *calendars* name. Raises CalendarError."""
    lock = lock_holidays(_regions(calendars), first_year, last_year)
    changed = lock != _known_lock(folder)
    path = files.write_lock(folder, lock) if changed else folder / LOCK
    return LockResult(path, tuple(lock.regions), sum(len(names) for names in lock.regions.values()), changed)


def _known_lock(folder: Path) -> HolidayLock | None:
    """Return the lock that is there; a damaged one counts as none, since writing it again is the way out."""
    try:
        return files.read_lock(folder)
    except CalendarError:
        return None


def diff_lock(calendars: Mapping[str, BusinessCalendar], folder: Path, *, first_year: int, last_year: int) -> LockDiff:
    """Return how the installed holidays differ from the locked ones in those years. Raises CalendarError."""
    path = folder / LOCK
    old = files.read_lock(folder)
    if old is None:
        raise CalendarError(f"{path}: there is no lock", hint="write it with `cadence calendar lock`")
    regions = _regions(calendars)
    new = lock_holidays(regions, max(first_year, old.first_year), min(last_year, old.last_year))
    missing = tuple(f"added {region}: not locked yet" for region in regions if region not in old.regions)
    unused = tuple(f"removed {region}: no calendar names it" for region in old.regions if region not in regions)
    return LockDiff(path, (*missing, *unused, *(str(change) for change in old.diff(new))))


def _regions(calendars: Mapping[str, BusinessCalendar]) -> list[str]:
    return sorted({region for calendar in calendars.values() for region in calendar.regions})

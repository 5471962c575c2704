"""A business calendar: weekly hours, holidays by region, and the exceptions to both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cadence.timing.civil import day_of, weekday_of, year_of
from cadence.timing.daytable import DayTable
from cadence.timing.hours import ALL_DAY, DAY_NAMES, every_day

if TYPE_CHECKING:
    from datetime import date

    from cadence.timing.hours import Interval, Week
    from cadence.timing.lock import HolidayLock
    from cadence.timing.opens import OpenTable

__all__ = ["BusinessCalendar", "ClosedRange", "SpecialDate"]

ClosedRange = tuple["date", "date", str]
"""First and last closed date (both count) and the reason, which may be empty."""

SpecialDate = tuple["date", tuple["Interval", ...]]
"""A date and its own hours; none at all means closed."""


@dataclass(frozen=True)
class BusinessCalendar:
    """The dates and local times at which a business is open.

    `special` hours override everything. A `working` date is not closed after all: it has the hours of its weekday, or
    where that weekday is closed those of the nearest weekday before it that is open. `timezone` fixes the hours to that
    zone; without it they are read in the zone of whoever asks. `lock` supplies the holidays of the regions and years it
    covers; the others come from the `holidays` package.

    Not slotted: the tables that are computed from it are kept on the value itself, so finding them costs no hash.
    """

    name: str
    week: Week
    timezone: str | None = None
    regions: tuple[str, ...] = ()
    closed: tuple[ClosedRange, ...] = ()
    working: tuple[date, ...] = ()
    special: tuple[SpecialDate, ...] = ()
    lock: HolidayLock | None = field(default=None, hash=False)

    @staticmethod
    def always(name: str = "any") -> BusinessCalendar:
        """Return the calendar that is open all day, every day: what `window: any` means."""
        return _ALWAYS if name == _ALWAYS.name else BusinessCalendar(name, every_day([ALL_DAY]))

    @property
    def never_opens(self) -> bool:
        """Whether no weekday and no special date has hours, so that nothing can ever be due."""
        return not any(self.week) and not any(hours for _, hours in self.special)

    def is_open_day(self, day: int) -> bool:
        """Whether any shift opens on *day* (days since 1970-01-01)."""
        return bool(self.hours_on(day))

    def hours_on(self, day: int) -> tuple[Interval, ...]:
        """Return the shifts that open on *day*, ascending; () where it is closed."""
        if day in self._special:
            return self._special[day]
        usual = self.week[weekday_of(day)]
        if day in self._working:
            return usual or self._borrowed(weekday_of(day))
        return () if usual and self._exception(day) is not None else usual

    def why_closed(self, day: int) -> str | None:
        """Return why *day* is closed, as in "Thanksgiving Day (US)", "closed: retreat" or "Saturday"; None if open."""
        if self.hours_on(day):
            return None
        if day in self._special:
            return "closed: special date"
        return self._exception(day) or DAY_NAMES[weekday_of(day)]

    def holidays_in(self, year: int) -> dict[int, str]:
        """Return the holidays of all regions in *year* by day, as in "Labor Day (US)"; the first region names it."""
        known = self._holidays.get(year)
        if known is None:
            known = self._holidays[year] = self._find_holidays(year)
        return known

    @cached_property
    def days(self) -> DayTable:
        """The business days of this calendar, as a table that grows on demand."""
        return DayTable(self)

    @cached_property
    def open_tables(self) -> dict[str, OpenTable]:
        """The open intervals by name of the asking zone; `cadence.timing.opens.open_table` fills it."""
        return {}

    @cached_property
    def _holidays(self) -> dict[int, dict[int, str]]:
        return {}

    @cached_property
    def _special(self) -> dict[int, tuple[Interval, ...]]:
        return {day_of(on): hours for on, hours in self.special}

    @cached_property
    def _working(self) -> frozenset[int]:
        return frozenset(map(day_of, self.working))

    @cached_property
    def _closed(self) -> tuple[tuple[int, int, str], ...]:
        return tuple((day_of(first), day_of(last), reason) for first, last, reason in self.closed)

    def _exception(self, day: int) -> str | None:
        for first, last, reason in self._closed:
            if first <= day <= last:
                return f"closed: {reason}" if reason else "closed"
        return self.holidays_in(year_of(day)).get(day) if self.regions else None

    def _borrowed(self, weekday: int) -> tuple[Interval, ...]:
        earlier = (self.week[(weekday - back) % 7] for back in range(1, 7))
        return next(filter(None, earlier), ())

    def _find_holidays(self, year: int) -> dict[int, str]:
        from cadence.timing.holidays import region_holidays  # noqa: PLC0415 - only where a calendar has regions

        found: dict[int, str] = {}
        for region in self.regions:
            if self.lock is not None and self.lock.covers(region, year):
                names = self.lock.names_in(region, year)
            else:
                names = region_holidays(region, year, year)
            for day, name in names.items():
                found.setdefault(day, f"{name} ({region})")
        return found

    def __repr__(self) -> str:
        return f"BusinessCalendar({self.name!r})"

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form: what defines it, without what the holidays turned out to be."""
        from cadence.timing.hours import format_interval  # noqa: PLC0415 - not needed for a plan

        return {
            "name": self.name,
            "timezone": self.timezone,
            "hours": {DAY_NAMES[day][:3].lower(): [*map(format_interval, self.week[day])] for day in range(7)},
            "holidays": list(self.regions),
            "closed": [[str(first), str(last), reason] for first, last, reason in self.closed],
            "working": [str(on) for on in self.working],
            "special": {str(on): [*map(format_interval, hours)] for on, hours in self.special},
        }


_ALWAYS = BusinessCalendar("any", every_day([ALL_DAY]))

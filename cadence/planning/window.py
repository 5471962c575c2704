"""When a step may be due: its calendar's hours, narrowed by its window and by the hours of whoever does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.people import Employee
from cadence.planning.leave import leave_spans
from cadence.planning.words import instant_words
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY
from cadence.timing.opens import open_table
from cadence.timing.zones import zone as zone_named

if TYPE_CHECKING:
    from cadence.planning.compiled import CompiledStep
    from cadence.timing.opens import OpenTable
    from cadence.timing.zones import Zone

__all__ = ["Window", "window_of"]

_KEPT = 4096


class Window:
    """The open times of a step in its zone. Without a table everything is open.

    A due may touch a close, but for one at midnight, which counts as the minute before: 23:59.
    """

    __slots__ = ("table", "zone")

    def __init__(self, table: OpenTable | None, zone: Zone) -> None:
        self.table = table
        self.zone = zone

    def holds(self, utc: int) -> bool:
        """Whether a due may stand at *utc*."""
        table = self.table
        return table is None or table.is_open(utc) or (table.contains(utc) and table.as_due(utc) == utc)

    def onward(self, utc: int) -> int:
        """Return *utc* where a due may stand there, else the next opening (of a close at midnight, 23:59)."""
        table = self.table
        if table is None or table.is_open(utc):
            return utc
        return table.as_due(utc) if table.contains(utc) else table.next_opening(utc)

    def back(self, utc: int) -> int:
        """Return *utc* where a due may stand there, else the last close before it."""
        table = self.table
        return utc if table is None or table.is_open(utc) else table.as_due(table.last_close(utc))

    def opening_on(self, day: int) -> int | None:
        """Return the first opening of the local date; its midnight where everything is open, None where nothing is."""
        if self.table is None:
            return self.zone.to_utc(day * DAY)
        return self.table.first_opening_on(day)

    def on_day(self, day: int, utc: int) -> int:
        """Return the time of the shifts of *day* for a due that would be at *utc*.

        Before an opening it is that opening, past the day's last close that close; a day without any gives the next
        opening.
        """
        table = self.table
        if table is None or self.holds(utc):
            return utc
        last = table.last_close_on(day)
        if last is None:
            return table.next_opening(utc)
        return table.as_due(last) if utc >= last else table.next_opening(utc)

    def reason(self, taken: int, given: int) -> str:
        """Return why a due moved from *taken* to *given*."""
        edge = "next opening" if given >= taken else "close before"
        return f"outside the window, moved to the {edge}: {instant_words(given, self.zone)}"


def window_of(compiled: CompiledStep, zone: Zone, *, who: object = None) -> Window:
    """Return the window of a step in *zone*; with two clocks only when *who* does it works too.

    Searching it raises NeverOpen where nothing is ever open.
    """
    second = who if isinstance(who, Employee) and "assignee" in compiled.step.clocks else None
    key = (zone.name, second)
    found = compiled.windows.get(key)
    if found is None:
        if len(compiled.windows) >= _KEPT:
            compiled.windows.clear()
        found = compiled.windows[key] = Window(_table(compiled, zone, second), zone)
    return found


def _table(compiled: CompiledStep, zone: Zone, second: Employee | None) -> OpenTable | None:
    table = _own_table(compiled, zone)
    return table if second is None else _with_hours_of(second, table, zone)


def _own_table(compiled: CompiledStep, zone: Zone) -> OpenTable | None:
    week = compiled.step.window
    if week is None:
        return None if compiled.calendar is None else open_table(compiled.calendar, zone)
    return open_table(compiled.calendar or BusinessCalendar.always(), zone).narrow(week)


def _with_hours_of(employee: Employee, table: OpenTable | None, zone: Zone) -> OpenTable | None:
    """Return *table* where the employee works too: by own hours in the own zone, less leave."""
    home = zone_named(employee.timezone) if employee.timezone else zone
    if employee.hours is not None:
        hours = open_table(BusinessCalendar(f"the hours of {employee.name}", employee.hours, home.name), zone)
        table = hours if table is None else table.intersect(hours)
    if employee.leave:
        table = open_table(BusinessCalendar.always(), zone) if table is None else table
        table = table.minus(tuple(leave_spans(employee, home)))
    return table

"""Calendars: built from the parts of their mapping, or found by the name under which a sequence refers to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.errors import CalendarError
from cadence.sequence.compound import Parts
from cadence.timing.calendar import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.diagnostics.collector import Collector
    from cadence.timing.lock import HolidayLock

__all__ = ["INLINE", "build_calendar", "resolve_calendars"]

INLINE = "inline"
_LONGEST = 366 * 20


def build_calendar(parts: Parts, found: Collector, *, lock: HolidayLock | None = None) -> BusinessCalendar | None:
    """Return the calendar of *parts*, or None where findings say why not; one that never opens is an error."""
    if "hours" not in parts:
        return None
    regions = _regions(parts, found, lock)
    calendar = BusinessCalendar(
        parts.get("calendar", INLINE),
        parts["hours"],
        timezone=parts.get("timezone"),
        regions=regions,
        closed=tuple((*span, "")[:3] for span in _spans(parts, "closed")),
        working=_working(parts),
        special=parts.get("special", ()),
        lock=lock,
    )
    if calendar.never_opens:
        hint = 'give at least one day hours, as in mon-fri: "09:00-17:00"'
        found.error("calendar-never-opens", f"calendar '{calendar.name}' never opens", parts.place("hours"), hint)
        return None
    return calendar


def _spans(parts: Parts, key: str) -> tuple[Any, ...]:
    """Return the spans of one date, of a range or of a list of them."""
    given = parts.get(key, ())
    return (given,) if given and not isinstance(given[0], tuple) else given


def _working(parts: Parts) -> tuple[Any, ...]:
    """Return each date of the ranges on its own."""
    return tuple(
        first + timedelta(days=day)
        for first, last in _spans(parts, "working")
        for day in range(min((last - first).days, _LONGEST) + 1)
    )


def _regions(parts: Parts, found: Collector, lock: HolidayLock | None) -> tuple[str, ...]:
    given = parts.get("holidays", ())
    regions = (given,) if isinstance(given, str) else given
    return tuple(region for region in regions if _is_region(region, parts, found, lock))


def _is_region(region: str, parts: Parts, found: Collector, lock: HolidayLock | None) -> bool:
    if lock is not None and region in lock.regions:
        return True  # the package need not be imported, which takes 200 ms
    from cadence.timing.holidays import check_region  # noqa: PLC0415 - as above

    try:
        check_region(region)
    except CalendarError as error:
        found.error("unknown-region", f"{error.message} in holidays", parts.word_place("holidays", region), error.hint)
        return False
    return True


def resolve_calendars(
    sequence: Parts, calendars: Mapping[str, BusinessCalendar], found: Collector, *, lock: HolidayLock | None = None
) -> None:
    """Put the calendar itself in place of its name or its mapping, in the sequence and in its steps."""
    for parts in (sequence, *sequence.get("steps", ())):
        given = parts.get("calendar")
        if isinstance(given, str):
            parts.put("calendar", _named(given, parts, calendars, found))
        elif isinstance(given, Parts):
            parts.put("calendar", build_calendar(given, found, lock=lock))


def _named(
    name: str, parts: Parts, calendars: Mapping[str, BusinessCalendar], found: Collector
) -> BusinessCalendar | None:
    place = parts.place("calendar")
    if name not in calendars:
        hint = did_you_mean(name, calendars) or f"add calendars/{name}.yaml, or write the calendar here"
        found.error("unknown-calendar", f"unknown calendar '{name}'", place, hint)
        return None
    try:
        return calendars[name]
    except CalendarError as error:
        found.error("unusable-calendar", f"calendar '{name}' cannot be used: {error.message}", place, error.hint)
        for finding in error.findings:
            found.add(finding)
        return None

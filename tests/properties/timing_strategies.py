"""Calendars, zones and instants for the laws of time, with clock changes well represented."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY
from cadence.timing.hours import merge
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from cadence.timing.hours import Interval
    from cadence.timing.zones import Zone

# half-hour changes, negative daylight saving, midnight changes, a skipped date, far east and far west
ZONES = (
    "America/New_York",
    "Europe/Paris",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "America/Nuuk",
    "America/Havana",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "UTC",
)
FIRST, LAST = 1_577_836_800, 1_893_456_000  # 2020 to 2030


@lru_cache
def reference_zone(name: str) -> ZoneInfo:
    """Return the standard library's reading of the same pinned file."""
    with files("tzdata").joinpath("zoneinfo", name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@st.composite
def instants_in(draw: st.DrawFn, where: Zone) -> int:
    """Draw an instant, every other time close to a clock change."""
    if draw(st.booleans()):
        changes = [utc for utc in where.table.instants if FIRST < utc < LAST]
        if changes:
            return draw(st.sampled_from(changes)) + draw(st.integers(-2 * DAY, 2 * DAY))
    return draw(st.integers(FIRST, LAST))


zones = st.sampled_from(ZONES).map(zone)

dates = st.dates(date(2020, 1, 1), date(2029, 12, 31))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Draw hours that may wrap past midnight, or end at it."""
    opens = draw(st.integers(0, 47)) * 1800
    length = draw(st.integers(1, 32)) * 1800
    return opens, min(opens + length, opens + DAY)


hours = st.lists(intervals(), max_size=3).map(merge)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Draw a calendar that opens at least once a week."""
    week = draw(st.lists(hours, min_size=7, max_size=7).filter(any))
    closed = draw(st.lists(st.tuples(dates, st.integers(0, 12)), max_size=3))
    return BusinessCalendar(
        "drawn",
        tuple(week),
        closed=tuple((first, date.fromordinal(first.toordinal() + more), "") for first, more in closed),
        working=tuple(draw(st.lists(dates, max_size=3))),
        special=tuple(draw(st.lists(st.tuples(dates, hours), max_size=3, unique_by=lambda pair: pair[0]))),
    )

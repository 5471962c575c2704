"""Adding offsets to instants: the nominal part on the local date, resolved once, then the exact part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timing.civil import DAY
from cadence.timing.days import add_nominal
from cadence.timing.opens import open_table
from cadence.timing.policy import Policy
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.days import CountFrom
    from cadence.timing.offset import Offset
    from cadence.timing.opens import Land
    from cadence.timing.zones import Zone

__all__ = ["add", "on_day"]


def on_day(utc: int, day: int, *, zone: Zone, policy: Policy = Policy.COMPATIBLE) -> int:
    """Return the instant at which clocks in *zone* show the time of *utc* on local *day*.

    On its own day an instant stays what it is, also in a fold. Raises SkippedTime or RepeatedTime under Policy.FAIL.
    """
    today, time = divmod(zone.to_local(utc), DAY)
    return utc if day == today else zone.to_utc(day * DAY + time, policy)


def add(  # noqa: PLR0913 - the choices of the language
    utc: int,
    offset: Offset,
    *,
    zone: Zone,
    calendar: BusinessCalendar,
    policy: Policy = Policy.COMPATIBLE,
    start: CountFrom = "count",
    roll: Roll = Roll.FOLLOWING,
    eom: bool = False,
    land: Land = "close",
) -> int:
    """Return *utc* moved by *offset*, without rolling or windows: those are decisions of a plan.

    Raises NeverOpen, and under Policy.FAIL SkippedTime or RepeatedTime.
    """
    if offset.has_nominal:
        today = zone.to_local(utc) // DAY
        day = add_nominal(calendar, today, offset, eom=eom, start=start, roll=roll)
        utc = on_day(utc, day, zone=zone, policy=policy)
    utc += offset.seconds
    if offset.business_seconds:
        utc = open_table(calendar, zone).add(utc, offset.business_seconds, land=land)
    return utc

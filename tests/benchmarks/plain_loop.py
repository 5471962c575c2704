"""The eight steps of eight-steps.yaml as a careful programmer would write them without Cadence.

It uses datetime, zoneinfo and the holidays package, keeps its holidays object, and computes nothing but the dues.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from collections.abc import Mapping

US = holidays.country_holidays("US")
SATURDAY = 5
FRIDAY = 4
DAY = timedelta(days=1)


def dues(start: datetime, record: Mapping[str, str]) -> list[datetime]:
    """Return the UTC dues of the eight steps, in file order."""
    zone = ZoneInfo(record["timezone"])
    first = start.astimezone(zone).date()
    welcome = _business_days_after(first, 1)
    kickoff = _business_days_after(welcome, 2)
    fortnight = _following(first + timedelta(weeks=2))
    days = (
        (welcome, time(10)),
        (kickoff, time(14)),
        (_following(_friday_after(kickoff)), time(15)),
        (fortnight, time(11)),
        (_following(first + relativedelta(months=1)), time(9, 30)),
        (_following(first + timedelta(days=45)), time(10)),
        (_business_days_after(fortnight, 10), time(16)),
        (_preceding(date.fromisoformat(record["contract_end"]) - timedelta(days=60)), time(9)),
    )
    return [datetime.combine(day, at, zone).astimezone(UTC) for day, at in days]


def _open(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in US


def _following(day: date) -> date:
    while not _open(day):
        day += DAY
    return day


def _preceding(day: date) -> date:
    while not _open(day):
        day -= DAY
    return day


def _business_days_after(day: date, count: int) -> date:
    for _ in range(count):
        day = _following(day + DAY)
    return day


def _friday_after(day: date) -> date:
    return day + timedelta(days=(FRIDAY - day.weekday() - 1) % 7 + 1)

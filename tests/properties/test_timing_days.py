"""Laws of business days, checked against counting one day after another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from cadence.timing.civil import date_of, day_of
from cadence.timing.days import add_business_days, add_months, roll_day, weekday_from
from cadence.timing.roll import Roll
from tests.properties.timing_strategies import calendars, dates

if TYPE_CHECKING:
    from cadence.timing.calendar import BusinessCalendar

_days = dates.map(day_of)
_moving = st.sampled_from([roll for roll in Roll if roll not in {Roll.UNADJUSTED, Roll.SKIP, Roll.FAIL}])


def _step_naively(calendar: BusinessCalendar, day: int, n: int) -> int:
    sign = 1 if n > 0 else -1
    while n:
        day += sign
        n -= sign * calendar.is_open_day(day)
    return day


@given(calendars(), _days, st.integers(-60, 60).filter(bool))
def test_business_days_are_counted_one_by_one(calendar: BusinessCalendar, day: int, n: int) -> None:
    assert add_business_days(calendar, day, n) == _step_naively(calendar, day, n)


@given(calendars(), _days, st.integers(1, 40), st.integers(1, 40))
def test_business_days_add_up(calendar: BusinessCalendar, day: int, first: int, second: int) -> None:
    there = add_business_days(calendar, day, first)
    assert add_business_days(calendar, there, second) == add_business_days(calendar, day, first + second)
    assert calendar.days.between(day + 1, there + 1) == first


@given(calendars(), _days, st.integers(1, 40))
def test_business_days_back_undo_business_days_forward(calendar: BusinessCalendar, day: int, n: int) -> None:
    start = roll_day(calendar, day, Roll.FOLLOWING)
    assert add_business_days(calendar, add_business_days(calendar, start, n), -n) == start


@given(calendars(), _days, st.integers(-5, 5))
def test_growing_the_table_changes_no_answer(calendar: BusinessCalendar, day: int, years: int) -> None:
    before = add_business_days(calendar, day, 3)
    calendar.days.is_open(day + years * 366)
    assert add_business_days(calendar, day, 3) == before


@given(calendars(), _days, _moving)
def test_rolling_twice_is_rolling_once(calendar: BusinessCalendar, day: int, roll: Roll) -> None:
    rolled = roll_day(calendar, day, roll)
    assert calendar.is_open_day(rolled)
    assert roll_day(calendar, rolled, roll) == rolled


@given(calendars(), _days)
def test_nothing_open_lies_between_a_day_and_its_roll(calendar: BusinessCalendar, day: int) -> None:
    later, earlier = roll_day(calendar, day, Roll.FOLLOWING), roll_day(calendar, day, Roll.PRECEDING)
    assert earlier <= day <= later
    assert not any(calendar.is_open_day(between) for between in range(earlier + 1, later))
    nearest = roll_day(calendar, day, Roll.NEAREST)
    assert abs(nearest - day) == min(later - day, day - earlier)


@given(calendars(), _days)
def test_a_modified_roll_keeps_the_month_where_an_open_day_is_in_it(calendar: BusinessCalendar, day: int) -> None:
    month = date_of(day).replace(day=1)
    days = [day_of(month + timedelta(days=n)) for n in range(31) if (month + timedelta(days=n)).month == month.month]
    for roll in (Roll.MODIFIED_FOLLOWING, Roll.MODIFIED_PRECEDING):
        if any(map(calendar.is_open_day, days)):
            assert roll_day(calendar, day, roll) in days


@given(dates, st.integers(-600, 600))
def test_months_are_added_as_dateutil_adds_them(on: date, months: int) -> None:
    assert date_of(add_months(day_of(on), months)) == on + relativedelta(months=months)


@given(dates, st.integers(-60, 60))
def test_a_month_end_stays_a_month_end(on: date, months: int) -> None:
    end = on + relativedelta(day=31)
    moved = date_of(add_months(day_of(end), months, eom=True))
    assert (moved + timedelta(days=1)).day == 1


@given(_days, st.integers(0, 6), st.sampled_from([1, -1]), st.booleans(), st.integers(1, 9))
def test_a_weekday_is_the_nth_one(day: int, weekday: int, direction: int, inclusive: bool, n: int) -> None:
    found, left = day if inclusive else day + direction, n
    while left:
        left -= date_of(found).weekday() == weekday
        found += direction if left else 0
    assert weekday_from(day, weekday, direction=direction, inclusive=inclusive, n=n) == found

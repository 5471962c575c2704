"""Months, weekdays, business days and roll conventions: the choices that are not laws."""

from __future__ import annotations

from datetime import date

import pytest

from cadence.errors import CalendarError
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import date_of, day_of, first_day_of_year, month_length, weekday_of, year_of
from cadence.timing.days import CountFrom, add_business_days, add_months, add_nominal, is_month_end, month_end, roll_day
from cadence.timing.hours import week_of
from cadence.timing.offset import Offset
from cadence.timing.roll import Roll

OFFICE = BusinessCalendar("office", week_of({"mon-fri": "09:00-17:00"}))


def _day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def _shown(day: int) -> str:
    return str(date_of(day))


@pytest.mark.parametrize(
    ("start", "months", "eom", "end"),
    [
        ("2026-01-31", 1, False, "2026-02-28"),
        ("2028-01-31", 1, False, "2028-02-29"),
        ("2026-01-31", 2, False, "2026-03-31"),
        ("2028-02-29", 12, False, "2029-02-28"),
        ("2026-03-31", -1, False, "2026-02-28"),
        ("2026-02-28", 1, False, "2026-03-28"),
        ("2026-02-28", 1, True, "2026-03-31"),
        ("2026-04-30", -1, True, "2026-03-31"),
        ("2026-02-27", 1, True, "2026-03-27"),
    ],
)
def test_months_clamp_to_the_end_of_the_month(start: str, months: int, eom: bool, end: str) -> None:
    assert _shown(add_months(_day(start), months, eom=eom)) == end


def test_months_that_leave_the_calendar_are_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        add_months(_day("2026-01-31"), 99_999_999)
    assert str(caught.value) == "'99999999 months' from 2026-01-31 leave the years 1 to 9999; use a smaller offset"


@pytest.mark.parametrize(
    ("start", "n", "school", "end"),
    [
        ("2026-11-20", 1, "count", "2026-11-23"),  # Friday
        ("2026-11-21", 1, "count", "2026-11-23"),  # Saturday
        ("2026-11-21", 1, "roll", "2026-11-24"),
        ("2026-11-22", -1, "count", "2026-11-20"),  # Sunday
        ("2026-11-22", -1, "roll", "2026-11-19"),
        ("2026-11-21", 0, "count", "2026-11-23"),
        ("2026-11-20", 0, "count", "2026-11-20"),
    ],
)
def test_business_days_from_a_closed_day_follow_one_of_two_schools(
    start: str, n: int, school: CountFrom, end: str
) -> None:
    assert _shown(add_business_days(OFFICE, _day(start), n, start=school)) == end


def test_zero_business_days_take_the_roll() -> None:
    assert _shown(add_business_days(OFFICE, _day("2026-11-21"), 0, roll=Roll.PRECEDING)) == "2026-11-20"
    assert _shown(add_business_days(OFFICE, _day("2026-11-21"), 0, roll=Roll.UNADJUSTED)) == "2026-11-21"


@pytest.mark.parametrize(
    ("roll", "saturday", "sunday", "last_saturday"),
    [
        (Roll.FOLLOWING, "2026-11-23", "2026-11-23", "2026-11-02"),
        (Roll.PRECEDING, "2026-11-20", "2026-11-20", "2026-10-30"),
        (Roll.MODIFIED_FOLLOWING, "2026-11-23", "2026-11-23", "2026-10-30"),
        (Roll.MODIFIED_PRECEDING, "2026-11-20", "2026-11-20", "2026-10-30"),
        (Roll.NEAREST, "2026-11-20", "2026-11-23", "2026-10-30"),
        (Roll.UNADJUSTED, "2026-11-21", "2026-11-22", "2026-10-31"),
        (Roll.SKIP, "2026-11-21", "2026-11-22", "2026-10-31"),
        (Roll.FAIL, "2026-11-21", "2026-11-22", "2026-10-31"),
    ],
)
def test_a_closed_day_rolls_by_its_convention(roll: Roll, saturday: str, sunday: str, last_saturday: str) -> None:
    rolled = [_shown(roll_day(OFFICE, _day(text), roll)) for text in ("2026-11-21", "2026-11-22", "2026-10-31")]
    assert rolled == [saturday, sunday, last_saturday]


def test_a_modified_preceding_roll_stays_in_its_month() -> None:
    assert _shown(roll_day(OFFICE, _day("2026-11-01"), Roll.MODIFIED_PRECEDING)) == "2026-11-02"


def test_of_two_days_equally_near_the_later_is_nearest() -> None:
    closed = BusinessCalendar("office", OFFICE.week, closed=((date(2026, 11, 18), date(2026, 11, 18), ""),))
    assert _shown(roll_day(closed, _day("2026-11-18"), Roll.NEAREST)) == "2026-11-19"


@pytest.mark.parametrize(
    ("start", "offset", "end"),
    [
        # months first, then the clamp, then the days, then business days
        ("2026-01-31", Offset(months=1, days=1), "2026-03-01"),
        ("2026-03-31", Offset(months=-1, days=-1), "2026-02-27"),
        ("2026-01-31", Offset(months=1, business_days=1), "2026-03-02"),
        ("2026-11-20", Offset(days=7, business_days=-1), "2026-11-26"),
        ("2026-11-20", Offset(seconds=86_400), "2026-11-20"),
    ],
)
def test_the_nominal_part_is_added_in_a_fixed_order(start: str, offset: Offset, end: str) -> None:
    assert _shown(add_nominal(OFFICE, _day(start), offset)) == end


@pytest.mark.parametrize(
    ("start", "roll", "end"),
    [
        ("2026-01-31", Roll.FOLLOWING, "2026-02-27"),  # the last business day; the 28th is a Saturday
        ("2026-01-30", Roll.FOLLOWING, "2026-02-27"),
        ("2026-01-31", Roll.UNADJUSTED, "2026-02-28"),
        ("2026-01-29", Roll.FOLLOWING, "2026-02-28"),  # no month's end: an ordinary month, rolled later
    ],
)
def test_a_month_end_sticks_to_the_last_business_day_of_a_month(start: str, roll: Roll, end: str) -> None:
    assert _shown(add_nominal(OFFICE, _day(start), Offset(months=1), eom=True, roll=roll)) == end


def test_a_month_end_with_days_counts_them_from_the_calendars_month_end() -> None:
    offset = Offset(months=1, days=2)
    assert _shown(add_nominal(OFFICE, _day("2026-02-28"), offset, eom=True)) == "2026-04-02"


def test_far_business_days_are_counted_and_too_far_ones_refused() -> None:
    assert _shown(OFFICE.days.step(_day("2026-11-20"), 50_000)) == "2218-07-17"
    with pytest.raises(CalendarError) as caught:
        OFFICE.days.step(_day("2026-11-20"), 999_999_999)
    assert str(caught.value) == (
        "calendar 'office' has too few business days within 400 years of 2026-11-20; use a smaller offset"
    )
    with pytest.raises(CalendarError):
        OFFICE.days.step(_day("2026-11-20"), -999_999_999)


def test_the_table_counts_business_days_in_a_documented_order() -> None:
    span = OFFICE.days.covering(_day("2026-11-20"), _day("2027-01-01"))
    assert span.first == first_day_of_year(year_of(span.first))
    assert len(span.rank) == span.end - span.first + 1
    assert span.rank[-1] == len(span.days)
    assert all(span.rank[day - span.first] == number for number, day in enumerate(span.days))


def test_days_know_their_weekday_their_year_and_their_month() -> None:
    assert weekday_of(_day("2026-11-23")) == 0
    assert year_of(_day("2026-12-31")) == 2026
    assert _shown(first_day_of_year(2027)) == "2027-01-01"
    assert [month_length(2028, 2), month_length(2100, 2), month_length(2026, 12)] == [29, 28, 31]
    assert _shown(month_end(_day("2026-02-05"))) == "2026-02-28"
    assert is_month_end(_day("2026-02-28"))
    assert not is_month_end(_day("2028-02-28"))


def test_days_outside_of_dates_are_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        date_of(10_000_000)
    assert str(caught.value) == (
        "day '10000000' counted from 1970-01-01 is outside the years 1 to 9999; use a smaller offset"
    )
    with pytest.raises(CalendarError) as caught:
        first_day_of_year(10_000)
    assert str(caught.value) == "year '10000' is outside the years 1 to 9999; use a smaller offset"

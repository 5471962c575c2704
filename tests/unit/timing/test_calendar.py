"""What makes a date open or closed."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from cadence.errors import NeverOpen
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import date_of, day_of
from cadence.timing.hours import ALL_DAY, week_of
from cadence.timing.lock import HolidayLock

WEEK = week_of({"mon-thu": ["09:00-12:30", "13:30-18:00"], "fri": "09:00-16:00"})
FRIDAY_HOURS = ((32_400, 57_600),)
OFFICE = BusinessCalendar("office", WEEK)


def _day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def test_a_weekday_without_hours_is_closed() -> None:
    assert OFFICE.is_open_day(_day("2026-11-20"))
    assert not OFFICE.is_open_day(_day("2026-11-21"))
    assert OFFICE.why_closed(_day("2026-11-20")) is None
    assert OFFICE.why_closed(_day("2026-11-21")) == "Saturday"
    assert OFFICE.hours_on(_day("2026-11-20")) == FRIDAY_HOURS


def test_closed_ranges_count_both_ends() -> None:
    calendar = BusinessCalendar(
        "office",
        WEEK,
        closed=(
            (date(2026, 12, 24), date(2026, 12, 31), "winter break"),
            (date(2027, 1, 4), date(2027, 1, 4), ""),
        ),
    )
    assert calendar.is_open_day(_day("2026-12-23"))
    assert calendar.why_closed(_day("2026-12-24")) == "closed: winter break"
    assert calendar.why_closed(_day("2026-12-31")) == "closed: winter break"
    assert calendar.is_open_day(_day("2027-01-01"))
    assert calendar.why_closed(_day("2027-01-04")) == "closed"


def test_a_closed_weekend_stays_a_weekend() -> None:
    calendar = BusinessCalendar("office", WEEK, closed=((date(2026, 11, 20), date(2026, 11, 23), "move"),))
    assert calendar.why_closed(_day("2026-11-21")) == "closed: move"
    assert OFFICE.why_closed(_day("2026-11-21")) == "Saturday"


def test_a_working_date_is_not_closed_after_all() -> None:
    calendar = BusinessCalendar(
        "office", WEEK, closed=((date(2026, 12, 24), date(2026, 12, 31), ""),), working=(date(2026, 12, 28),)
    )
    assert calendar.hours_on(_day("2026-12-28")) == WEEK[0]


def test_a_working_date_on_a_closed_weekday_borrows_the_hours_of_the_open_weekday_before_it() -> None:
    calendar = BusinessCalendar("office", WEEK, working=(date(2026, 11, 21), date(2026, 11, 22)))
    assert calendar.hours_on(_day("2026-11-21")) == FRIDAY_HOURS
    assert calendar.hours_on(_day("2026-11-22")) == FRIDAY_HOURS
    assert not calendar.is_open_day(_day("2026-11-28"))


def test_special_hours_override_everything() -> None:
    calendar = BusinessCalendar(
        "office",
        WEEK,
        closed=((date(2026, 12, 19), date(2026, 12, 23), ""),),
        working=(date(2026, 12, 22),),
        special=((date(2026, 12, 19), ((36_000, 50_400),)), (date(2026, 12, 22), ())),
    )
    assert calendar.hours_on(_day("2026-12-19")) == ((36_000, 50_400),)
    assert calendar.why_closed(_day("2026-12-22")) == "closed: special date"


def test_a_holiday_closes_a_day_and_names_itself() -> None:
    calendar = BusinessCalendar("us", WEEK, regions=("US", "US-CA"))
    assert calendar.why_closed(_day("2026-11-26")) == "Thanksgiving Day (US)"
    assert calendar.why_closed(_day("2026-11-27")) == "Day After Thanksgiving (US-CA)"
    assert calendar.why_closed(_day("2026-11-28")) == "Saturday"
    assert calendar.holidays_in(2026)[_day("2026-12-25")] == "Christmas Day (US)"


def test_an_observed_holiday_in_the_year_before_is_not_lost() -> None:
    calendar = BusinessCalendar("us", WEEK, regions=("US",))
    assert calendar.why_closed(_day("2027-12-31")) == "New Year's Day (observed) (US)"


def test_a_lock_decides_where_it_covers_the_year() -> None:
    lock = HolidayLock("0", 2026, 2026, {"US": {date(2026, 11, 25): "Pie Day"}})
    calendar = BusinessCalendar("us", WEEK, regions=("US",), lock=lock)
    assert calendar.why_closed(_day("2026-11-25")) == "Pie Day (US)"
    assert calendar.is_open_day(_day("2026-11-26"))
    assert calendar.why_closed(_day("2027-11-25")) == "Thanksgiving Day (US)"


def test_any_time_is_open_all_day_every_day() -> None:
    anytime = BusinessCalendar.always()
    assert anytime.hours_on(_day("2026-11-22")) == (ALL_DAY,)
    assert BusinessCalendar.always() is anytime
    assert BusinessCalendar.always("ana").name == "ana"


def test_a_calendar_without_hours_never_opens() -> None:
    closed = BusinessCalendar("shut", ((),) * 7)
    assert closed.never_opens
    assert not OFFICE.never_opens
    assert not BusinessCalendar("once", ((),) * 7, special=((date(2026, 12, 19), (ALL_DAY,)),)).never_opens
    with pytest.raises(NeverOpen) as caught:
        closed.days.step(_day("2026-11-20"), 1)
    assert str(caught.value) == (
        "calendar 'shut' never opens: no weekday and no special date has hours; "
        'add hours, as in hours: {mon-fri: "09:00-17:00"}'
    )


def test_a_calendar_that_opens_once_has_one_business_day() -> None:
    once = BusinessCalendar("once", ((),) * 7, special=((date(2026, 12, 19), (ALL_DAY,)),))
    assert date_of(once.days.step(_day("2026-11-20"), 1)) == date(2026, 12, 19)
    assert date_of(once.days.step(_day("2027-11-20"), -1)) == date(2026, 12, 19)
    with pytest.raises(NeverOpen) as caught:
        once.days.step(_day("2026-11-20"), 2)
    assert str(caught.value) == (
        "calendar 'once' has no opening within 10 years of 2026-11-20; add hours or open some of its closed dates"
    )
    with pytest.raises(NeverOpen):
        once.days.step(_day("2026-11-20"), -1)


def test_equal_calendars_are_equal_and_hash_alike_whatever_was_asked_of_them() -> None:
    asked, fresh = BusinessCalendar("office", WEEK), BusinessCalendar("office", WEEK)
    asked.days.step(_day("2026-11-20"), 5)
    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert pickle.loads(pickle.dumps(fresh)) == asked  # noqa: S301 - our own bytes
    assert repr(asked) == "BusinessCalendar('office')"


def test_the_json_form_says_what_defines_a_calendar() -> None:
    calendar = BusinessCalendar(
        "us",
        WEEK,
        timezone="America/Denver",
        regions=("US",),
        closed=((date(2026, 12, 24), date(2026, 12, 31), "break"),),
        working=(date(2026, 12, 28),),
        special=((date(2026, 12, 19), ((36_000, 50_400),)),),
    )
    assert calendar.to_dict() == {
        "name": "us",
        "timezone": "America/Denver",
        "hours": {
            **{day: ["09:00-12:30", "13:30-18:00"] for day in ("mon", "tue", "wed", "thu")},
            "fri": ["09:00-16:00"],
            "sat": [],
            "sun": [],
        },
        "holidays": ["US"],
        "closed": [["2026-12-24", "2026-12-31", "break"]],
        "working": ["2026-12-28"],
        "special": {"2026-12-19": ["10:00-14:00"]},
    }

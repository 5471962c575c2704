"""Hours of the day and of the week, as they are written."""

from __future__ import annotations

import pytest

from cadence.errors import CalendarError
from cadence.timing.hours import (
    ALL_DAY,
    every_day,
    format_interval,
    format_time,
    intersect,
    merge,
    parse_days,
    parse_interval,
    parse_intervals,
    parse_time,
    subtract,
    week_of,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("09:00", 32_400),
        ("9:00", 32_400),
        ("17:30", 63_000),
        ("17:30:15", 63_015),
        ("9am", 32_400),
        ("5 pm", 61_200),
        ("5:30PM", 63_000),
        ("12am", 0),
        ("12pm", 43_200),
        ("00:00", 0),
        (" 23:59 ", 86_340),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, seconds: int) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "9", "25:00", "9:60", "9:00:60", "0am", "13pm", "24:00am", "noon", "-1:00", "٩:00x"]
)
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse_time(text)
    assert str(caught.value) == f"time '{text}' is not a time of day; write it as '09:00', '17:30' or '9am'"


def test_24_00_only_closes() -> None:
    assert parse_time("24:00", allow_24=True) == 86_400
    with pytest.raises(CalendarError) as caught:
        parse_time("24:00")
    assert str(caught.value) == "time '24:00' can only close an interval; write '00:00' of the next day"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (63_015, "17:30:15"), (86_400, "24:00"), (108_000, "06:00")]
)
def test_a_time_is_shown_with_two_digits_and_seconds_only_where_it_has_some(seconds: int, text: str) -> None:
    assert format_time(seconds) == text


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("09:00-12:30", (32_400, 45_000)),
        ("9am - 5pm", (32_400, 61_200)),
        ("09:00\u201317:00", (32_400, 61_200)),
        ("22:00-06:00", (79_200, 108_000)),
        ("22:00-24:00", (79_200, 86_400)),
        ("22:00-00:00", (79_200, 86_400)),
        ("00:00-24:00", ALL_DAY),
    ],
)
def test_an_interval_may_wrap_past_midnight_and_end_at_24_00(text: str, interval: tuple[int, int]) -> None:
    assert parse_interval(text) == interval


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("09:00-09:00", "hours '09:00-09:00' are empty; write '00:00-24:00' for the whole day, or 'closed'"),
        ("09:00", "hours '09:00' are not an interval; write them as '09:00-17:00'"),
        ("9:00-12:00-13:00", "hours '9:00-12:00-13:00' are not an interval; write them as '09:00-17:00'"),
        ("24:00-06:00", "time '24:00' can only close an interval; write '00:00' of the next day"),
        ("09:00-25:00", "time '25:00' is not a time of day; write it as '09:00', '17:30' or '9am'"),
    ],
)
def test_what_is_no_interval_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse_interval(text)
    assert str(caught.value) == message


def test_an_interval_is_shown_as_it_is_written() -> None:
    assert format_interval((79_200, 108_000)) == "22:00-06:00"
    assert format_interval(ALL_DAY) == "00:00-24:00"


def test_intervals_of_a_day_merge_where_they_touch_or_overlap() -> None:
    assert parse_intervals(["13:00-17:00", "09:00-12:00", "12:00-13:00"]) == ((32_400, 61_200),)
    assert merge([(5, 9), (1, 3), (2, 4), (7, 7)]) == ((1, 4), (5, 9))
    assert parse_intervals("closed") == parse_intervals([]) == parse_intervals(["closed"]) == ()


def test_intervals_are_intersected_and_subtracted() -> None:
    assert intersect([(0, 10), (20, 30)], [(5, 25)]) == ((5, 10), (20, 25))
    assert intersect([(0, 10)], [(10, 20)]) == ()
    assert subtract([(0, 10), (20, 30)], [(5, 25)]) == ((0, 5), (25, 30))
    assert subtract([(0, 10)], [(2, 3), (4, 5)]) == ((0, 2), (3, 4), (5, 10))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("Monday", (0,)),
        ("tue-thu", (1, 2, 3)),
        ("fri-mon", (4, 5, 6, 0)),
        ("mon, wed", (0, 2)),
        ("mon-tue, tuesday , sat", (0, 1, 5)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("weekend", (5, 6)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("every  day", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days_are_named_alone_in_ranges_and_in_groups(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mnday", "unknown day 'mnday'; did you mean 'monday'?"),
        ("mon-thurs", "unknown day 'thurs' in 'mon-thurs'; did you mean 'thursday'?"),
        ("x", "unknown day 'x'; days are mon, tue, ... sun, weekdays, weekend or daily"),
        ("mon-wed-fri", "days 'mon-wed-fri' are not a range; write it as 'mon-thu'"),
        ("wee\u212adays", "unknown day 'wee\u212adays'; did you mean 'weekdays'?"),
    ],
)
def test_an_unknown_day_is_refused_with_what_was_meant(text: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse_days(text)
    assert str(caught.value) == message


def test_a_week_closes_the_days_that_it_does_not_name() -> None:
    week = week_of({"mon-thu": ["09:00-12:30", "13:30-18:00"], "fri": "09:00-16:00", "sat": "closed"})
    assert week[0] == week[3] == ((32_400, 45_000), (48_600, 64_800))
    assert week[4] == ((32_400, 57_600),)
    assert week[5] == week[6] == ()


def test_a_day_is_named_once_in_a_week() -> None:
    with pytest.raises(CalendarError) as caught:
        week_of({"weekdays": "09:00-17:00", "fri": "09:00-16:00"})
    assert str(caught.value) == "Friday is named twice, by 'weekdays' and by 'fri'; name each day once"


def test_every_day_has_the_same_hours() -> None:
    assert every_day([(5, 9), (9, 12)]) == (((5, 12),),) * 7

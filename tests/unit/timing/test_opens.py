"""Open time: shifts, clock changes, two clocks, and what never opens."""

from __future__ import annotations

from datetime import date

import pytest

from cadence.errors import CalendarError, NeverOpen
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import day_of
from cadence.timing.hours import every_day, parse_intervals, week_of
from cadence.timing.instants import format_local, parse_moment
from cadence.timing.opens import OpenTable, open_table
from cadence.timing.zones import zone

NEW_YORK = zone("America/New_York")
OFFICE = BusinessCalendar("office", week_of({"mon-fri": ["09:00-12:00", "13:00-17:00"]}))
NIGHTS = BusinessCalendar("nights", week_of({"mon-fri": "22:00-06:00"}))


def _at(text: str) -> int:
    return NEW_YORK.to_utc(parse_moment(text).local)


def _shown(utc: int | None) -> str | None:
    return None if utc is None else format_local(utc, NEW_YORK).partition("[")[0]


def _day(text: str) -> int:
    return day_of(date.fromisoformat(text))


@pytest.fixture
def office() -> OpenTable:
    return open_table(OFFICE, NEW_YORK)


@pytest.fixture
def nights() -> OpenTable:
    return open_table(NIGHTS, NEW_YORK)


def test_hours_are_half_open_but_a_due_may_touch_a_close(office: OpenTable) -> None:
    assert office.is_open(_at("2026-11-20T09:00"))
    assert not office.is_open(_at("2026-11-20T12:00"))
    assert office.contains(_at("2026-11-20T12:00"))
    assert not office.contains(_at("2026-11-20T12:00:01"))
    assert not office.contains(_at("2026-11-20T08:59:59"))


def test_time_used_up_at_a_close_lands_on_it_or_by_choice_on_the_next_opening(office: OpenTable) -> None:
    start = _at("2026-11-20T16:00")
    assert _shown(office.add(start, 3600)) == "2026-11-20T17:00:00-05:00"
    assert _shown(office.add(start, 3600, land="open")) == "2026-11-23T09:00:00-05:00"
    assert _shown(office.add(start, 3601)) == "2026-11-23T09:00:01-05:00"
    assert _shown(office.add(start, -3 * 3600, land="open")) == "2026-11-20T13:00:00-05:00"
    assert _shown(office.add(start, -3 * 3600 - 1)) == "2026-11-20T11:59:59-05:00"


def test_nothing_to_add_outside_hours_is_the_next_opening(office: OpenTable) -> None:
    assert _shown(office.add(_at("2026-11-21T11:00"), 0)) == "2026-11-23T09:00:00-05:00"
    assert _shown(office.add(_at("2026-11-20T12:00"), 0)) == "2026-11-20T13:00:00-05:00"
    assert _shown(office.add(_at("2026-11-20T10:00"), 0)) == "2026-11-20T10:00:00-05:00"


def test_the_last_close_is_where_it_is_open_already(office: OpenTable) -> None:
    assert _shown(office.last_close(_at("2026-11-20T10:00"))) == "2026-11-20T10:00:00-05:00"
    assert _shown(office.last_close(_at("2026-11-20T12:30"))) == "2026-11-20T12:00:00-05:00"
    assert _shown(office.last_close(_at("2026-11-22T12:30"))) == "2026-11-20T17:00:00-05:00"


def test_a_shift_that_wraps_belongs_to_the_day_it_opens(nights: OpenTable) -> None:
    friday = _day("2026-11-20")
    assert _shown(nights.first_opening_on(friday)) == "2026-11-20T22:00:00-05:00"
    assert _shown(nights.last_close_on(friday)) == "2026-11-21T06:00:00-05:00"
    assert nights.first_opening_on(friday + 1) is None
    assert nights.last_close_on(friday + 1) is None
    assert nights.opening_day(_at("2026-11-21T05:00")) == friday
    assert nights.opening_day(_at("2026-11-21T06:00")) == friday
    assert nights.opening_day(_at("2026-11-20T05:00")) == friday - 1
    assert nights.opening_day(_at("2026-11-21T06:01")) is None


def test_a_close_belongs_to_the_shift_that_opens_there() -> None:
    table = open_table(BusinessCalendar("round", every_day(parse_intervals("00:00-24:00"))), NEW_YORK)
    assert table.opening_day(_at("2026-11-21T00:00")) == _day("2026-11-21")


def test_a_shift_is_longer_or_shorter_when_clocks_change() -> None:
    sundays = open_table(BusinessCalendar("sundays", week_of({"sat": "22:00-06:00"})), NEW_YORK)
    hours = {
        text: sundays.between(_at(text), _at(text) + 86_400) / 3600 for text in ("2026-03-07T12:00", "2026-10-31T12:00")
    }
    assert hours == {"2026-03-07T12:00": 7, "2026-10-31T12:00": 9}


def test_an_opening_in_a_gap_is_the_end_of_the_gap() -> None:
    table = open_table(BusinessCalendar("early", week_of({"sun": "02:30-05:00"})), NEW_YORK)
    assert _shown(table.first_opening_on(_day("2026-03-08"))) == "2026-03-08T03:00:00-04:00"
    assert table.between(_at("2026-03-08T00:00"), _at("2026-03-09T00:00")) == 2 * 3600


def test_hours_inside_a_gap_do_not_happen_on_that_day() -> None:
    table = open_table(BusinessCalendar("gap", week_of({"sun": "02:00-03:00"})), NEW_YORK)
    assert table.shifts_on(_day("2026-03-08")) == ()
    assert _shown(table.next_opening(_at("2026-03-08T00:00"))) == "2026-03-15T02:00:00-04:00"


def test_hours_that_begin_inside_a_fold_are_open_twice() -> None:
    table = open_table(BusinessCalendar("fold", week_of({"sun": "01:30-04:00"})), NEW_YORK)
    shown = [(_shown(opens), _shown(closes)) for opens, closes in table.shifts_on(_day("2026-11-01"))]
    assert shown == [
        ("2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T04:00:00-05:00"),
    ]


def test_hours_around_a_fold_are_one_interval() -> None:
    table = open_table(BusinessCalendar("night", week_of({"sun": "00:00-10:00"})), NEW_YORK)
    assert len(table.shifts_on(_day("2026-11-01"))) == 1


def test_touching_days_merge() -> None:
    table = open_table(BusinessCalendar("weekend", week_of({"weekend": "00:00-24:00"})), NEW_YORK)
    pieces = table.intervals(_at("2026-11-20T00:00"), _at("2026-11-24T00:00"))
    assert [(_shown(opens), _shown(closes)) for opens, closes in pieces] == [
        ("2026-11-21T00:00:00-05:00", "2026-11-23T00:00:00-05:00")
    ]


def test_a_due_at_a_24_00_close_is_due_at_23_59() -> None:
    table = open_table(BusinessCalendar("weekend", week_of({"weekend": "00:00-24:00"})), NEW_YORK)
    assert _shown(table.as_due(_at("2026-11-23T00:00"))) == "2026-11-22T23:59:00-05:00"
    assert _shown(table.as_due(_at("2026-11-22T00:00"))) == "2026-11-22T00:00:00-05:00"
    assert _shown(table.as_due(_at("2026-11-24T00:00"))) == "2026-11-24T00:00:00-05:00"


def test_a_close_at_another_hour_stays(office: OpenTable) -> None:
    assert _shown(office.as_due(_at("2026-11-20T17:00"))) == "2026-11-20T17:00:00-05:00"


def test_intervals_are_cut_at_both_ends(office: OpenTable) -> None:
    first, end = _at("2026-11-20T10:00"), _at("2026-11-20T14:00")
    assert office.intervals(first, end) == ((first, first + 7200), (first + 10_800, end))
    assert office.intervals(end, first) == ()


def test_a_window_narrows_the_hours(office: OpenTable) -> None:
    mornings = office.narrow(week_of({"mon-thu": "08:00-11:00"}))
    assert _shown(mornings.next_opening(_at("2026-11-20T07:00"))) == "2026-11-23T09:00:00-05:00"
    assert _shown(mornings.last_close_on(_day("2026-11-23"))) == "2026-11-23T11:00:00-05:00"
    assert office.narrow(week_of({"mon-thu": "08:00-11:00"})) is mornings


def test_two_clocks_are_read_each_in_its_own_zone(office: OpenTable) -> None:
    berlin = open_table(BusinessCalendar("ana", OFFICE.week, timezone="Europe/Berlin"), NEW_YORK)
    both = office.intersect(berlin)
    assert [(_shown(opens), _shown(closes)) for opens, closes in both.shifts_on(_day("2026-11-20"))] == [
        ("2026-11-20T09:00:00-05:00", "2026-11-20T11:00:00-05:00")
    ]
    assert office.intersect(berlin) is both


def test_a_calendars_own_zone_governs_its_hours_and_the_askers_zone_the_dates() -> None:
    tokyo = open_table(BusinessCalendar("tokyo", week_of({"mon": "09:00-17:00"}), timezone="Asia/Tokyo"), NEW_YORK)
    assert _shown(tokyo.first_opening_on(_day("2026-11-22"))) == "2026-11-22T19:00:00-05:00"
    assert tokyo.first_opening_on(_day("2026-11-23")) is None


def test_leave_is_taken_out(office: OpenTable) -> None:
    away = office.minus(((_at("2026-11-20T10:00"), _at("2026-11-24T00:00")),))
    assert _shown(away.next_opening(_at("2026-11-20T10:00"))) == "2026-11-24T09:00:00-05:00"
    assert _shown(away.last_close_on(_day("2026-11-20"))) == "2026-11-20T10:00:00-05:00"
    assert office.minus(((_at("2026-11-20T10:00"), _at("2026-11-24T00:00")),)) is away


def test_the_same_calendar_and_zone_give_the_same_table(office: OpenTable) -> None:
    assert open_table(OFFICE, NEW_YORK) is office
    assert open_table(OFFICE, zone("UTC")) is not office
    assert repr(office) == "OpenTable(calendar 'office')"


def test_a_calendar_without_hours_has_no_table() -> None:
    with pytest.raises(NeverOpen) as caught:
        open_table(BusinessCalendar("shut", ((),) * 7), NEW_YORK)
    assert str(caught.value) == (
        "calendar 'shut' never opens: no weekday and no special date has hours; "
        'add hours, as in hours: {mon-fri: "09:00-17:00"}'
    )


def test_a_window_that_never_meets_the_calendar_is_an_error_in_both_directions(office: OpenTable) -> None:
    never = office.narrow(week_of({"sat": "09:00-12:00"}))
    message = (
        "the window within calendar 'office' has no opening within 10 years of 2026-11-20; "
        "widen the hours or the window"
    )
    for search in (
        never.next_opening,
        never.last_close,
        lambda utc: never.add(utc, 60),
        lambda utc: never.add(utc, -60),
    ):
        with pytest.raises(NeverOpen) as caught:
            search(_at("2026-11-20T10:00"))
        assert str(caught.value) == message


def test_hours_that_never_meet_are_named(office: OpenTable) -> None:
    sydney = open_table(BusinessCalendar("kim", OFFICE.week, timezone="Australia/Sydney"), NEW_YORK)
    with pytest.raises(NeverOpen) as caught:
        office.intersect(sydney).next_opening(_at("2026-11-20T10:00"))
    assert str(caught.value) == (
        "calendar 'office' together with calendar 'kim' has no opening within 10 years of 2026-11-20; "
        "widen the hours or the window"
    )


def test_too_many_business_hours_are_refused_and_not_searched_for_ever() -> None:
    table = open_table(BusinessCalendar("hour", week_of({"mon": "09:00-10:00"})), NEW_YORK)
    for seconds in (10**9, -(10**9)):
        with pytest.raises(CalendarError) as caught:
            table.add(_at("2026-11-20T10:00"), seconds)
        assert str(caught.value) == (
            "calendar 'hour' has too few open hours within 400 years of 2026-11-20; use a smaller offset"
        )

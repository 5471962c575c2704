"""Adding offsets: what is nominal follows the clock, what is exact the stopwatch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cadence.errors import CalendarError, SkippedTime
from cadence.timing.arithmetic import add, on_day
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import day_of
from cadence.timing.hours import week_of
from cadence.timing.instants import (
    Moment,
    format_civil,
    format_local,
    format_offset_at,
    from_datetime,
    parse_moment,
    to_datetime,
)
from cadence.timing.offset import Offset
from cadence.timing.policy import Policy
from cadence.timing.zones import zone

NEW_YORK = zone("America/New_York")
OFFICE = BusinessCalendar("office", week_of({"mon-fri": "09:00-17:00"}))


def _add(start: str, offset: Offset, *, policy: Policy = Policy.COMPATIBLE) -> str:
    utc = parse_moment(start).resolve(NEW_YORK, Policy.COMPATIBLE)
    return format_local(add(utc, offset, zone=NEW_YORK, calendar=OFFICE, policy=policy), NEW_YORK).partition("[")[0]


@pytest.mark.parametrize(
    ("start", "offset", "end"),
    [
        ("2026-03-07T10:00", Offset(days=1), "2026-03-08T10:00:00-04:00"),
        ("2026-03-07T10:00", Offset(seconds=86_400), "2026-03-08T11:00:00-04:00"),
        ("2026-03-07T02:30", Offset(days=1), "2026-03-08T03:30:00-04:00"),
        # resolved once: the gap is behind it when the exact part is added
        ("2026-03-07T02:30", Offset(days=1, seconds=3600), "2026-03-08T04:30:00-04:00"),
        # the date before the exact part, also where the exact part goes back over it
        ("2026-03-07T02:30", Offset(days=2, seconds=-86_400), "2026-03-08T01:30:00-05:00"),
        ("2026-10-31T01:30", Offset(days=1), "2026-11-01T01:30:00-04:00"),
        ("2026-11-01T01:30:00-05:00", Offset(seconds=60), "2026-11-01T01:31:00-05:00"),
        ("2026-11-01T01:30:00-05:00", Offset(days=0), "2026-11-01T01:30:00-05:00"),
        # counting business days ignores the hour
        ("2026-11-20T18:30", Offset(business_days=1), "2026-11-23T18:30:00-05:00"),
        ("2026-11-20T16:30", Offset(business_seconds=3600), "2026-11-23T09:30:00-05:00"),
        ("2026-11-20T16:30", Offset(business_days=1, business_seconds=1800), "2026-11-23T17:00:00-05:00"),
        ("2026-11-23T09:30", Offset(business_seconds=-3600), "2026-11-20T16:30:00-05:00"),
    ],
)
def test_days_follow_the_clock_and_hours_the_stopwatch(start: str, offset: Offset, end: str) -> None:
    assert _add(start, offset) == end


def test_an_instant_on_its_own_day_stays_also_in_a_fold() -> None:
    second = parse_moment("2026-11-01T01:30:00-05:00").resolve(NEW_YORK, Policy.COMPATIBLE)
    assert on_day(second, day_of(date(2026, 11, 1)), zone=NEW_YORK) == second


def test_the_policy_decides_where_a_date_leads_into_a_gap() -> None:
    assert _add("2026-03-07T02:30", Offset(days=1), policy=Policy.EARLIER) == "2026-03-08T01:30:00-05:00"
    with pytest.raises(SkippedTime):
        _add("2026-03-07T02:30", Offset(days=1), policy=Policy.FAIL)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23", Moment(1_795_392_000, is_date=True)),
        ("2026-11-23T10:00", Moment(1_795_428_000)),
        ("2026-11-23 10:00:30", Moment(1_795_428_030)),
        ("2026-11-23T10:00:00.75Z", Moment(1_795_428_000, 0)),
        ("2026-11-23T10:00-05:00", Moment(1_795_428_000, -18_000)),
        ("2026-11-23T10:00+0545", Moment(1_795_428_000, 20_700)),
        ("2026-11-23T24:00", Moment(1_795_478_400)),
        ("2026-11-23T10:00:00-05:00[America/New_York]", Moment(1_795_428_000, -18_000, "America/New_York")),
        ("2026-11-23[Asia/Tokyo]", Moment(1_795_392_000, None, "Asia/Tokyo", is_date=True)),
    ],
)
def test_a_moment_is_read_as_rfc_9557_writes_it(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "23.11.2026",
        "20261123",
        "0000-01-01",
        "2026-02-30",
        "2026-11-23T",
        "2026-11-23T25:00",
        "2026-11-23T10:60",
        "2026-11-23T24:01",
        "2026-11-23T10:00+25:00",
        "2026-11-23T10:00[]",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse_moment(text)
    assert str(caught.value) == (
        f"'{text}' is not a date or time; write it as '2026-11-23', '2026-11-23T10:00' or with an offset, '-05:00'"
    )


def test_a_moment_with_an_offset_needs_no_zone() -> None:
    paris = zone("Europe/Paris")
    assert parse_moment("2026-11-23T10:00Z").resolve(paris, Policy.FAIL) == 1_795_428_000
    assert parse_moment("2026-11-23T11:00").resolve(paris, Policy.FAIL) == 1_795_428_000


def test_instants_become_datetimes_and_back() -> None:
    instant = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert to_datetime(from_datetime(instant)) == instant
    assert to_datetime(0).tzinfo is UTC
    assert from_datetime(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1
    with pytest.raises(ValueError, match="datetime '2026-11-23 10:00:00' has no offset"):
        from_datetime(datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(CalendarError):
        to_datetime(10**15)


def test_an_instant_is_shown_with_its_offset_and_zone() -> None:
    assert format_local(1_795_446_000, NEW_YORK) == "2026-11-23T10:00:00-05:00[America/New_York]"
    assert format_civil(1_795_428_000) == "2026-11-23T10:00:00"
    assert [format_offset_at(seconds) for seconds in (0, 20_700, -12_600, 561)] == [
        "+00:00",
        "+05:45",
        "-03:30",
        "+00:09:21",
    ]

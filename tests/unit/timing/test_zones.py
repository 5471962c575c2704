"""Zones: gaps, folds, the far future, and names that are wrong."""

from __future__ import annotations

import pickle
import re
from datetime import date

import pytest

from cadence.errors import CalendarError, RepeatedTime, SkippedTime, UnknownZone
from cadence.timing.civil import DAY, day_of
from cadence.timing.instants import format_civil, format_local, parse_moment
from cadence.timing.policy import Policy
from cadence.timing.posix_tz import parse_posix_tz
from cadence.timing.tzif import ZoneFile, parse_tzif
from cadence.timing.zones import TRANSITION, Zone, tzdata_version, zone, zone_names


def _resolve(text: str, name: str, policy: Policy = Policy.COMPATIBLE) -> str:
    where = zone(name)
    return format_local(where.to_utc(parse_moment(text).local, policy), where).partition("[")[0]


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (Policy.COMPATIBLE, "2026-03-08T03:30:00-04:00"),
        (Policy.LATER, "2026-03-08T03:30:00-04:00"),
        (Policy.EARLIER, "2026-03-08T01:30:00-05:00"),
    ],
)
def test_a_skipped_time_moves_by_the_length_of_the_gap(policy: Policy, shown: str) -> None:
    assert _resolve("2026-03-08T02:30:00", "America/New_York", policy) == shown


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (Policy.COMPATIBLE, "2026-11-01T01:30:00-04:00"),
        (Policy.EARLIER, "2026-11-01T01:30:00-04:00"),
        (Policy.LATER, "2026-11-01T01:30:00-05:00"),
    ],
)
def test_a_repeated_time_happens_twice(policy: Policy, shown: str) -> None:
    assert _resolve("2026-11-01T01:30:00", "America/New_York", policy) == shown


def test_fail_names_the_time_the_zone_and_the_ways_out() -> None:
    with pytest.raises(SkippedTime) as skipped:
        _resolve("2026-03-08T02:30", "America/New_York", Policy.FAIL)
    assert str(skipped.value) == (
        "'02:30' is skipped on 2026-03-08 in zone 'America/New_York'; choose clock_change: compatible, earlier or later"
    )
    with pytest.raises(RepeatedTime) as repeated:
        _resolve("2026-11-01T01:30", "America/New_York", Policy.FAIL)
    assert str(repeated.value) == (
        "'01:30' happens twice on 2026-11-01 in zone 'America/New_York'; "
        "choose clock_change: compatible, earlier or later"
    )


def test_a_time_that_happens_once_passes_every_policy() -> None:
    assert {_resolve("2026-07-01T02:30", "America/New_York", policy) for policy in Policy} == {
        "2026-07-01T02:30:00-04:00"
    }


def test_the_kind_says_whether_a_time_is_exact_skipped_or_repeated() -> None:
    where = zone("Europe/Paris")
    kinds = [
        where.resolve(parse_moment(text).local).kind
        for text in (
            "2026-03-29T01:59:59",
            "2026-03-29T02:00",
            "2026-03-29T03:00",
            "2026-10-25T02:59:59",
            "2026-10-25T03:00",
        )
    ]
    assert kinds == ["exact", "gap", "exact", "fold", "exact"]


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("2100-07-01T12:00", "America/New_York", "2100-07-01T12:00:00-04:00"),
        ("2200-01-15T12:00", "Europe/Paris", "2200-01-15T12:00:00+01:00"),
        ("2200-07-15T12:00", "Europe/Paris", "2200-07-15T12:00:00+02:00"),
        ("9998-07-15T12:00", "Europe/Paris", "9998-07-15T12:00:00+02:00"),
        ("2200-01-15T12:00", "Australia/Lord_Howe", "2200-01-15T12:00:00+11:00"),
        ("1800-01-01T12:00", "Europe/Paris", "1800-01-01T12:00:00+00:09:21"),
        ("2026-01-15T12:00", "Europe/Dublin", "2026-01-15T12:00:00+00:00"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-31T12:00:00+14:00"),
    ],
)
def test_the_yearly_rule_reaches_as_far_as_dates_do(text: str, name: str, shown: str) -> None:
    assert _resolve(text, name) == shown


def test_a_date_past_the_last_year_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        _resolve("9999-07-01T12:00", "Europe/Paris")
    assert str(caught.value) == "date '9999-07-02' is too late; use dates up to 9998"


@pytest.mark.parametrize(
    ("on", "name", "first"),
    [
        (date(2026, 3, 29), "Asia/Beirut", "2026-03-29T01:00:00"),  # midnight is skipped
        (date(2026, 11, 1), "America/Havana", "2026-11-01T00:00:00"),  # midnight happens twice
        (date(2026, 5, 1), "Asia/Tokyo", "2026-05-01T00:00:00"),
    ],
)
def test_a_day_starts_at_its_first_instant(on: date, name: str, first: str) -> None:
    where = zone(name)
    start = where.day_start(day_of(on))
    assert format_civil(where.to_local(start)) == first
    assert where.to_local(start - 1) // DAY == day_of(on) - 1


def test_the_table_by_day_marks_the_days_on_which_clocks_change() -> None:
    table = zone("America/New_York").table
    around = [table.by_day[day_of(date(2026, 3, day)) - table.first_day] for day in (7, 8, 9)]
    assert around == [-18_000, TRANSITION, -14_400]


def test_a_change_at_midnight_marks_one_day_only() -> None:
    table = zone("Asia/Beirut").table
    around = [table.by_day[day_of(date(2026, 3, day)) - table.first_day] for day in (28, 29, 30)]
    assert around == [7200, TRANSITION, 10_800]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Europe/Pariss", "unknown time zone 'Europe/Pariss'; did you mean 'Europe/Paris'?"),
        ("New York", "unknown time zone 'New York'; did you mean 'America/New_York'?"),
        ("america/new_york", "unknown time zone 'america/new_york'; did you mean 'America/New_York'?"),
        ("PST", "unknown time zone 'PST'; write an IANA name, as 'America/New_York'"),
        ("../../etc/passwd", "unknown time zone '../../etc/passwd'; write an IANA name, as 'America/New_York'"),
        ("", "unknown time zone ''; write an IANA name, as 'America/New_York'"),
        ("+25:00", "unknown time zone '+25:00'; write an IANA name, as 'America/New_York'"),
    ],
)
def test_an_unknown_zone_is_refused_with_what_was_meant(name: str, message: str) -> None:
    with pytest.raises(UnknownZone) as caught:
        zone(name)
    assert str(caught.value) == message


def test_an_offset_is_a_zone_without_changes() -> None:
    assert _resolve("2026-03-08T02:30", "+05:30") == "2026-03-08T02:30:00+05:30"
    assert zone("-03:00").offset_at(0) == -10_800


def test_a_name_gives_one_zone_also_after_pickling() -> None:
    where = zone("Asia/Tokyo")
    assert zone("Asia/Tokyo") is where
    assert pickle.loads(pickle.dumps(where)) is where  # noqa: S301 - our own bytes
    assert repr(where) == "zone('Asia/Tokyo')"


def test_zone_data_is_the_pinned_packages() -> None:
    assert re.fullmatch(r"20\d\d[a-z]", tzdata_version())
    assert {"UTC", "America/New_York", "Asia/Kathmandu"} <= zone_names()


@pytest.mark.parametrize(
    ("text", "year", "changes"),
    [
        ("EST5EDT,M3.2.0,M11.1.0", 2026, ["2026-03-08T07:00:00", "2026-11-01T06:00:00"]),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 2026, ["2026-03-29T01:00:00", "2026-10-25T01:00:00"]),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, ["2026-04-04T15:00:00", "2026-10-03T15:30:00"]),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, ["2026-03-29T01:00:00", "2026-10-25T01:00:00"]),
        ("AAA0BBB,J60/0,J365/25", 2024, ["2024-03-01T00:00:00", "2025-01-01T00:00:00"]),
        ("AAA0BBB,J60/0,J365/25", 2023, ["2023-03-01T00:00:00", "2024-01-01T00:00:00"]),
        ("AAA0BBB,59/0,364/0", 2024, ["2024-02-29T00:00:00", "2024-12-29T23:00:00"]),
        ("JST-9", 2026, []),
    ],
)
def test_a_posix_rule_gives_the_changes_of_a_year(text: str, year: int, changes: list[str]) -> None:
    assert [format_civil(instant) for instant, _ in parse_posix_tz(text).transitions(year)] == changes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E5", "zone rule 'E5' is not a POSIX TZ string; reinstall the tzdata package"),
        (
            "EST5EDT,M3.2,M11.1.0",
            "zone rule 'EST5EDT,M3.2,M11.1.0' has an unknown date 'M3.2'; reinstall the tzdata package",
        ),
    ],
)
def test_a_rule_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        parse_posix_tz(text)
    assert str(caught.value) == message


def test_a_file_without_a_rule_keeps_its_last_offset() -> None:
    where = Zone("x", ZoneFile([1_000_000_000], [0, 3600], None))
    assert [where.offset_at(utc) for utc in (999_999_999, 1_000_000_000, 9_000_000_000)] == [0, 3600, 3600]


def test_zone_data_of_another_form_is_refused() -> None:
    with pytest.raises(CalendarError) as caught:
        parse_tzif(b"TZif1" + bytes(39))
    assert str(caught.value) == "zone data is not TZif of version 2 or later; reinstall the tzdata package"

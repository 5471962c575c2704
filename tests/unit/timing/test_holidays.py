"""Holidays by region, and their lock."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import holidays
import pytest

from cadence.errors import CalendarError
from cadence.timing.civil import day_of
from cadence.timing.holidays import holidays_version, region_holidays, region_names
from cadence.timing.lock import HolidayLock, lock_holidays

OLD = HolidayLock(
    "0.80",
    2026,
    2027,
    {
        "US": {date(2026, 1, 1): "New Year's Day", date(2026, 10, 12): "Columbus Day", date(2027, 1, 1): "New Year"},
        "DE": {},
    },
)
NEW = HolidayLock(
    "0.90",
    2026,
    2028,
    {
        "US": {
            date(2026, 1, 1): "New Year's Day",
            date(2027, 1, 1): "New Year's Day",
            date(2026, 6, 19): "Juneteenth",
            date(2028, 6, 19): "Juneteenth",
        },
        "FR": {date(2026, 7, 14): "Bastille Day"},
    },
)


def test_a_region_has_its_own_holidays_in_its_own_years() -> None:
    california = region_holidays("US-CA", 2026, 2026)
    assert california[day_of(date(2026, 11, 27))] == "Day After Thanksgiving"
    assert day_of(date(2026, 11, 27)) not in region_holidays("US", 2026, 2026)
    assert {day_of(date(2026, 1, 1)) <= day <= day_of(date(2026, 12, 31)) for day in california} == {True}


def test_an_observed_day_lies_in_the_year_before_its_holiday() -> None:
    assert region_holidays("US", 2027, 2027)[day_of(date(2027, 12, 31))] == "New Year's Day (observed)"


def test_an_observed_day_is_kept_where_the_package_files_it_under_the_next_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def country_holidays(_country: str, *, years: range, **_options: object) -> dict[date, str]:
        return {date(year - 1, 12, 31): f"New Year's Day {year} (observed)" for year in years}

    monkeypatch.setattr(holidays, "country_holidays", country_holidays)
    region_holidays.cache_clear()
    assert region_holidays("US", 2027, 2027) == {day_of(date(2027, 12, 31)): "New Year's Day 2028 (observed)"}
    region_holidays.cache_clear()


def test_holidays_are_named_in_english_whatever_the_package_was_asked_before() -> None:
    assert region_holidays("DE-BY", 2026, 2026)[day_of(date(2026, 1, 6))] == "Epiphany"
    assert region_holidays("JP", 2026, 2026)[day_of(date(2026, 1, 1))] == "New Year's Day"


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("US_CA", "unknown holiday region 'US_CA'; did you mean 'US-CA'?"),
        ("US-XX", "unknown holiday region 'US-XX'; did you mean 'US-TX'?"),
        ("us", "unknown holiday region 'us'; did you mean 'US'?"),
        ("Atlantis", "unknown holiday region 'Atlantis'; write an ISO 3166 code, as 'US' or 'US-CA'"),
        ("", "unknown holiday region ''; write an ISO 3166 code, as 'US' or 'US-CA'"),
    ],
)
def test_an_unknown_region_is_refused_with_the_way_out(region: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        region_holidays(region, 2026, 2026)
    assert str(caught.value) == message


def test_region_names_hold_countries_and_their_parts() -> None:
    assert {"US", "US-CA", "DE", "DE-BY", "GB-SCT"} <= set(region_names())


def test_a_lock_is_what_the_package_knows() -> None:
    lock = lock_holidays(["US", "DE-BY", "US"], 2026, 2027)
    assert (lock.package, lock.first_year, lock.last_year) == (holidays_version(), 2026, 2027)
    assert sorted(lock.regions) == ["DE-BY", "US"]
    assert lock.names_in("US", 2027) == region_holidays("US", 2027, 2027)
    assert lock.covers("US", 2026)
    assert not lock.covers("US", 2028)
    assert not lock.covers("FR", 2026)
    assert lock.names_in("FR", 2026) == {}


def test_a_lock_is_read_back_as_it_was_written() -> None:
    assert HolidayLock.from_json(NEW.to_json()) == NEW
    assert NEW.to_json().endswith("}\n")
    assert OLD.to_json() == HolidayLock.from_json(OLD.to_json()).to_json()


def test_a_lock_says_what_was_added_removed_and_renamed_in_what_both_cover() -> None:
    changes = OLD.diff(NEW)
    assert [str(change) for change in changes] == [
        "added US 2026-06-19 Juneteenth",
        "removed US 2026-10-12 Columbus Day",
        "renamed US 2027-01-01 New Year -> New Year's Day",
    ]
    assert [change.kind for change in changes] == ["added", "removed", "renamed"]
    assert NEW.diff(NEW) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the holiday lock is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 500_000 + "]" * 500_000, "the holiday lock is nested too deeply to be one"),
        ("[]", "the holiday lock has version 'None', expected '1'"),
        ('{"version": 2}', "the holiday lock has version '2', expected '1'"),
        ('{"version": 1}', "the holiday lock is damaged: KeyError('years')"),
        (
            '{"version": 1, "package": "1", "years": [2026, 2027], "regions": {"US": {"soon": "x"}}}',
            "the holiday lock is damaged: ValueError(\"Invalid isoformat string: 'soon'\")",
        ),
    ],
)
def test_a_damaged_lock_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        HolidayLock.from_json(text)
    assert str(caught.value) == f"{message}; run `cadence calendar lock` to write it again"


@pytest.mark.slow
def test_a_locked_calendar_never_imports_the_holidays_package() -> None:
    program = """
import sys
from datetime import date
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import day_of
from cadence.timing.hours import week_of
from cadence.timing.lock import HolidayLock
from cadence.timing.opens import open_table
from cadence.timing.zones import zone

lock = HolidayLock("0", 2025, 2028, {"US": {date(2026, 11, 26): "Thanksgiving Day"}})
calendar = BusinessCalendar("us", week_of({"mon-fri": "09:00-17:00"}), regions=("US",), lock=lock)
assert calendar.days.step(day_of(date(2026, 11, 25)), 200) and not calendar.is_open_day(day_of(date(2026, 11, 26)))
assert open_table(calendar, zone("America/New_York")).add(1_795_000_000, 3_000_000)
heavy = {"holidays", "pydantic", "httpx", "sqlalchemy", "jinja2", "yaml", "dateutil", "zoneinfo"} & set(sys.modules)
sys.exit(", ".join(sorted(heavy)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

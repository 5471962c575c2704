from __future__ import annotations

from datetime import date

import pytest

from cadence.errors import CalendarError
from cadence.sequence import parse_calendar
from cadence.timing.lock import HolidayLock
from tests.unit.sequence.writing import calendar_findings

HOURS = "calendar: c\nhours: {mon: 09:00-17:00}\n"
LOCK = HolidayLock("0.60", 2026, 2027, {"ZZ": {date(2026, 1, 1): "New Year"}})


def test_a_calendar_says_when_a_business_is_open() -> None:
    calendar = parse_calendar(
        "calendar: us-support\n"
        'hours: {mon-thu: ["09:00-12:30", "13:30-18:00"], fri: 9am-4pm, "sat, sun": closed}\n'
        "holidays: [US, US-CA]\n"
        "closed: [2026-12-24..2026-12-31]\n"
        "working: [2026-12-28, 2026-12-30..2026-12-31]\n"
        "special: {2026-12-19: 10:00-14:00, 2026-12-21: []}\n"
        "timezone: America/Los_Angeles\n"
    )
    split = ((32_400, 45_000), (48_600, 64_800))
    assert calendar.week == (split, split, split, split, ((32_400, 57_600),), (), ())
    assert calendar.regions == ("US", "US-CA")
    assert calendar.closed == ((date(2026, 12, 24), date(2026, 12, 31), ""),)
    assert calendar.working == (date(2026, 12, 28), date(2026, 12, 30), date(2026, 12, 31))
    assert calendar.special == ((date(2026, 12, 19), ((36_000, 50_400),)), (date(2026, 12, 21), ()))
    assert (calendar.name, calendar.timezone) == ("us-support", "America/Los_Angeles")


def test_closed_dates_may_have_reasons() -> None:
    calendar = parse_calendar(HOURS + "closed: {2026-12-24..2026-12-31: year-end shutdown, 2027-05-03: retreat}\n")
    assert calendar.closed == (
        (date(2026, 12, 24), date(2026, 12, 31), "year-end shutdown"),
        (date(2027, 5, 3), date(2027, 5, 3), "retreat"),
    )


def test_a_single_region_or_date_needs_no_list() -> None:
    calendar = parse_calendar(HOURS + "holidays: DE-BY\nworking: 2026-12-28\n")
    assert (calendar.regions, calendar.working) == (("DE-BY",), (date(2026, 12, 28),))


def test_a_region_that_the_lock_holds_is_taken_from_it() -> None:
    calendar = parse_calendar(HOURS + "holidays: ZZ\n", lock=LOCK)
    assert calendar.lock is LOCK
    assert [str(finding) for finding in _raised(HOURS + "holidays: ZZ\n").findings] == [
        "c.yaml:3:11: error[unknown-region] unknown holiday region 'ZZ' in holidays; write an ISO 3166 code, as 'US' or 'US-CA'"
    ]


def _raised(text: str) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        parse_calendar(text, path="c.yaml")
    return caught.value


def test_an_error_carries_all_findings_and_shows_them_in_a_traceback() -> None:
    error = _raised("calendar: c\nhours: {mon: 9-17}\nholiday: US\n")
    assert str(error) == "the calendar in c.yaml has 2 errors"
    assert error.__notes__ == [
        (
            "c.yaml:2:14: error[bad-interval] time '9' is not a time of day in hours 'mon'; "
            "write it as '09:00', '17:30' or '9am'"
        ),
        "c.yaml:3:1: error[unknown-key] unknown key 'holiday' in calendar 'c'; did you mean 'holidays'?",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("calendar: c\n", ("c.yaml:1:1: error[missing-key] calendar 'c' has no 'hours'; add 'hours': the business hours by "
         "day; days that are not named are closed")),
        ("calendar: c\nhours: {}\n", ("c.yaml:2:8: error[calendar-never-opens] calendar 'c' never opens; "
         'give at least one day hours, as in mon-fri: "09:00-17:00"')),
        ("calendar: c\nhours: 09:00-17:00\n", ("c.yaml:2:8: error[wrong-type] hours is text; expected days such as mon, "
         "tue-thu, 'sat, sun', weekdays or daily")),
        ("calendar: c\nhours: {mon: 09:00-24:30}\n", ("c.yaml:2:14: error[bad-interval] time '24:30' is not a time of day "
         "in hours 'mon'; write it as '09:00', '17:30' or '9am'")),
        ("calendar: c\nhours: {mon: 540}\n", ("c.yaml:2:14: error[not-text] hours 'mon' reads as an integer: '540'; expected "
         "hours such as '09:00-17:00', or closed; if it is meant as text, put it in quotes: \"540\"")),
        (HOURS + "holidays: [US-CX]\n", ("c.yaml:3:12: error[unknown-region] unknown holiday region 'US-CX' in holidays; "
         "did you mean 'US-TX'?")),
        (HOURS + "holidays: [us]\n", ("c.yaml:3:12: error[bad-name] 'us' is not usable as holidays; "
         "expected a region such as US or US-CA")),
        (HOURS + "holidays: [no]\n", ("c.yaml:3:12: error[bad-name] 'no' is not usable as holidays; "
         "expected a region such as US or US-CA")),
        (HOURS + "special: {2026-13-01: closed}\n", ("c.yaml:3:11: error[no-such-date] there is no '2026-13-01' in special; "
         "check the day of the month")),
        (HOURS + "timezone: Amerika/New_York\n", ("c.yaml:3:11: error[unknown-zone] unknown zone 'Amerika/New_York' in "
         "timezone; did you mean 'America/New_York'?")),
    ],
)  # fmt: skip
def test_a_calendar_may_not_say(text: str, finding: str) -> None:
    assert calendar_findings(text) == [finding]

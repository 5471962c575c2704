from __future__ import annotations

from datetime import date

import pytest

from cadence.sequence import parse_calendar, parse_sequence
from cadence.timing.lock import HolidayLock

TEXT = """\
sequence: s
calendar: office
assign: {owner: true}
steps:
  - id: a
    activity: call
    due: 2 business days after start at 10:00
    note: Hello {{ record.name }}
"""
CALENDAR = "calendar: office\nhours: {mon-fri: 09:00-17:00}\nholidays: US\n"
LOCK = HolidayLock("0.60", 2026, 2027, {"US": {date(2026, 1, 1): "New Year's Day"}, "FR": {}})


def _digest(text: str = TEXT, calendar: str = CALENDAR, lock: HolidayLock = LOCK, path: str = "s.yaml") -> str:
    calendars = {"office": parse_calendar(calendar, lock=lock)}
    return parse_sequence(text, path=path, calendars=calendars).digest


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n" + TEXT,
        TEXT.replace("2 business days after start at 10:00", "2bd after start at 10am"),
        TEXT.replace("2 business days after start at 10:00", "{offset: 2bd, after: start, at: '10:00'}"),
        TEXT.replace("sequence: s\ncalendar: office\n", "calendar: office\nsequence: s\n"),
        TEXT.replace("assign: {owner: true}", "assign:\n  owner: true"),
        TEXT.replace("office", '"office"'),
    ],
)
def test_comments_layout_and_spelling_do_not_change_the_digest(text: str) -> None:
    assert _digest(text) == _digest()


def test_the_path_does_not_change_the_digest() -> None:
    assert _digest(path="elsewhere/t.yaml") == _digest()


def test_a_region_of_the_lock_that_the_calendar_does_not_name_does_not_change_it() -> None:
    assert _digest(lock=HolidayLock("0.61", 2026, 2027, {"US": LOCK.regions["US"]})) == _digest()


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        (TEXT.replace("10:00", "10:01"), CALENDAR),
        (TEXT.replace("2 business days", "3 business days"), CALENDAR),
        (TEXT.replace("Hello", "Dear"), CALENDAR),
        (TEXT.replace("activity: call", "activity: task"), CALENDAR),
        (TEXT, CALENDAR.replace("17:00", "18:00")),
        (TEXT, CALENDAR + "closed: [2026-12-24]\n"),
    ],
)
def test_every_change_of_meaning_changes_the_digest(text: str, calendar: str) -> None:
    assert _digest(text, calendar) != _digest()


def test_another_holiday_in_the_lock_changes_the_digest() -> None:
    lock = HolidayLock("0.60", 2026, 2027, {"US": {date(2026, 7, 3): "Independence Day (observed)"}})
    assert _digest(lock=lock) != _digest()

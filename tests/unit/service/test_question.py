"""What the address of Today asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from cadence.service.pages.today.question import Question, midnight, question_of

if TYPE_CHECKING:
    from cadence.service.pages.visit import Visit


class Asking:
    """A visit that is nothing but its query string."""

    def __init__(self, **asked: str) -> None:
        self._asked = asked

    def asked(self, name: str) -> str:
        return self._asked.get(name, "")


def question(**asked: str) -> Question:
    return question_of(cast("Visit", Asking(**asked)))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-11-23", "America/New_York", 24),
        ("2026-03-08", "America/New_York", 23),
        ("2026-11-01", "America/New_York", 25),
        ("2026-10-04", "Australia/Lord_Howe", 23.5),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2026-11-23", "Asia/Kolkata", 24),
    ],
)
def test_a_day_is_as_long_as_clocks_make_it(day: str, zone: str, hours: float) -> None:
    filters = question(day=day).filters(zone)
    assert filters.from_date is not None
    assert filters.to_date is not None
    assert (filters.to_date - filters.from_date).total_seconds() == pytest.approx(hours * 3600, abs=0.001)


def test_midnight_is_that_of_the_zone() -> None:
    assert midnight(date(2026, 11, 23), "Asia/Kolkata") == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def test_a_day_may_be_somebody_elses() -> None:
    asked = question(day="2026-11-23", zone="Asia/Kolkata")
    assert asked.filters("Europe/London").from_date == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert asked.address() == "/today?day=2026-11-23&zone=Asia%2FKolkata"


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "\u0663"}, {"page": ""}, {"page": "1.5"},
        {"state": "lost"}, {"day": "2026-02-30"}, {"day": "0001-01-01"}, {"day": "tomorrow"}, {"zone": "Mars/Phobos"},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_left_out(asked: dict[str, str]) -> None:
    assert question(**asked) == Question()


def test_an_address_says_all_that_was_asked_and_is_read_back_the_same() -> None:
    asked: dict[str, Any] = {"assignee": "me", "type": "call", "q": "a&b", "day": "2026-11-23", "state": "done"}
    wanted = question(**asked, page="3")
    assert wanted.address(3) == "/today?assignee=me&type=call&q=a%26b&day=2026-11-23&state=done&page=3"
    assert question().address() == "/today"

"""Small readers: Retry-After, complaints, wrapped values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.crm.complaint import Complaint, complaint_of
from cadence.crm.retry_after import LONGEST_WAIT, retry_after
from cadence.crm.transport import Reply
from cadence.crm.unwrap import unwrap, zone_name
from cadence.crm.verdict import judge
from cadence.delivery.answer import Accepted, InDoubt, Refused

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@given(st.text() | st.integers().map(str) | st.datetimes().map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S GMT")))
def test_whatever_retry_after_says_the_wait_is_between_nothing_and_an_hour(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("value", "wait"),
    [(" 30 ", 30), ("3600", 3600), ("3601", 3600), ("٣", None), ("1.5", 1.5), ("0.0000000001", 0), ("1.", None), (".5", None), ("1e9", None), (None, None), ("", None),
     ("Fri, 20 Nov 2026 15:01:00 GMT", 60), ("Friday, 20-Nov-26 15:01:00 GMT", 60), ("Fri Nov 20 15:01:00 2026", 60),
     ("Fri, 20 Nov 2026 10:01:00 -0500", 60)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: str | None, wait: float | None) -> None:
    assert retry_after(value, NOW) == (None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("answered", "wait"),
    [("Fri, 20 Nov 2026 15:00:50 GMT", 10), ("Fri, 20 Nov 2026 14:58:00 GMT", 180), ("yesterday", 60), (None, 60)],
)
def test_a_date_counts_from_the_clock_that_made_it(answered: str | None, wait: int) -> None:
    value = "Fri, 20 Nov 2026 15:01:00 GMT"
    assert retry_after(value, NOW, answered=answered) == timedelta(seconds=wait)
    assert retry_after("7", NOW, answered=answered) == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"detail": "Not found.", "code": "not_found"}', Complaint("Not found.", "not_found")),
        (b'{"detail": "No."}', Complaint("No.")),
        (b'{"detail": ["A.", "B."]}', Complaint("detail: A.; detail: B.")),
        (b'["One.", {"message": "Two.", "code": "two"}]', Complaint("One.; Two.", "two")),
        (b'{"message": "Plain.", "code": "plain"}', Complaint("Plain.", "plain")),
        (b'{"fields": {"due": {"at": ["Wrong."]}}}', Complaint("fields.due.at: Wrong.")),
        (b'{"errors": {}}', Complaint("a body of type 'application/json' in place of an explanation")),
        (b"null", Complaint("a body of type 'application/json' in place of an explanation")),
        (b"[" * 5000, Complaint("a body of type 'application/json' in place of an explanation")),
        (b"", Complaint("an empty body in place of an explanation")),
        (b'{"detail": "one\\ntwo\\u001b[31m\\u202e"}', Complaint("one two [31m")),
        (b'{"detail": "' + b"x" * 1000 + b'"}', Complaint("x" * 400 + "...")),
    ],
)
def test_a_complaint_is_one_printable_line(body: bytes, complaint: Complaint) -> None:
    assert complaint_of(Reply(400, body, "application/json")) == complaint


@given(st.binary(max_size=200), st.integers(100, 599), st.sampled_from(["application/json", "text/html", ""]))
def test_no_body_changes_what_a_status_means(body: bytes, status: int, kind: str) -> None:
    answer = judge(Reply(status, body, kind))
    if 400 <= status < 500:
        assert isinstance(answer, Refused)
    elif 200 <= status < 300:
        assert isinstance(answer, Accepted | InDoubt)
    else:
        assert isinstance(answer, InDoubt)


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        ("Ana", "Ana"),
        (0, 0),
        (False, False),
        (None, None),
        ({"value": 25}, 25),
        ({"value": {"value": "x"}}, "x"),
        ({"id": "1", "code": "gold", "name": "Gold"}, "Gold"),
        ({"value": {"id": "1", "code": "gold", "name": "Gold"}}, "Gold"),
        ([{"id": "1", "code": "a", "name": "A"}, {"id": "2", "code": "b", "name": "B"}], ["A", "B"]),
        ({"id": "e-1", "display_name": "Bo", "email": "bo@example.com"}, "e-1"),
        ({"id": "e-1", "name": "Bo", "first_name": "Bo"}, "e-1"),
        ({"value": None}, None),
        ({"street": "Main", "city": "X"}, {"street": "Main", "city": "X"}),
    ],
)
def test_values_are_unwrapped(wrapped: Any, plain: Any) -> None:
    assert unwrap(wrapped) == plain


def test_a_value_wrapped_without_end_is_left_as_it_is() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = {"value": deep}
    assert isinstance(unwrap(deep), dict)


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "UTC"),
        ("America/Port-au-Prince", "America/Port-au-Prince"),
        ({"identifier": "Asia/Kolkata", "name": "India Standard Time"}, "Asia/Kolkata"),
        ({"id": 7, "name": "Eastern Time (US & Canada)", "value": "America/New_York"}, "America/New_York"),
        ({"timezone": {"name": "Europe/Paris"}}, "Europe/Paris"),
        ({"value": {"value": "Europe/Paris"}}, "Europe/Paris"),
        ("Eastern Time (US & Canada)", None),
        ("", None),
        (None, None),
        (7, None),
        ({}, None),
    ],
)
def test_a_zone_is_found_inside_its_object(value: Any, zone: str | None) -> None:
    assert zone_name(value) == zone

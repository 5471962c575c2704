"""Dues as iCalendar."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cadence.errors import ConfigError
from cadence.model.plan import Action
from cadence.timeline.agenda import plan_events, plan_ics
from cadence.timeline.feed import Event, calendar_feed
from cadence.wording.text import printable

if TYPE_CHECKING:
    from cadence.model.plan import Plan

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
MODIFIED = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _events(feed: bytes) -> list[Any]:
    return list(Calendar.from_ical(feed).walk("VEVENT"))


def test_an_event_is_written_in_utc_with_all_that_calendars_ask_for() -> None:
    event = Event("k@cadence", AT, "call: call for Maya", MODIFIED, "because", "https://crm.example/1")
    assert calendar_feed("Ana's steps", [event]).decode().splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cadence//cadence-engine//EN",
        "METHOD:PUBLISH",
        "NAME:Ana's steps",
        "X-WR-CALNAME:Ana's steps",
        "BEGIN:VEVENT",
        "SUMMARY:call: call for Maya",
        "DTSTART:20261123T150000Z",
        "DURATION:PT15M",
        "DTSTAMP:20261120T150000Z",
        "UID:k@cadence",
        "SEQUENCE:29919780",
        "DESCRIPTION:because",
        "LAST-MODIFIED:20261120T150000Z",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://crm.example/1",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_an_event_modified_later_has_the_higher_sequence() -> None:
    early, late = (Event("k", AT, "t", MODIFIED + timedelta(minutes=n)) for n in (0, 1))
    [first], [second] = _events(calendar_feed("c", [early])), _events(calendar_feed("c", [late]))
    assert second["SEQUENCE"] > first["SEQUENCE"]


texts = st.text(max_size=300)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds
    lambda at: at.replace(microsecond=0)
)


@given(instants, texts, texts, st.timezones())
def test_what_is_read_back_is_what_was_written(at: datetime, title: str, description: str, zone: Any) -> None:
    event = Event("k", at.astimezone(zone), title, at, description)
    feed = calendar_feed("c", [event])
    [found] = _events(feed)
    assert found.start == at
    assert found["SUMMARY"] == printable(title)
    assert str(found.get("DESCRIPTION", "")) == "\n".join(map(printable, description.splitlines()))
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))


@given(texts)
def test_no_text_ends_its_line(text: str) -> None:
    feed = calendar_feed(text, [Event("k", AT, text, MODIFIED, text)])
    assert feed.count(b"BEGIN:") == 2
    assert not any(byte < 0x20 and byte not in b"\r\n" for byte in feed)


def test_a_skipped_step_is_no_event_and_an_estimate_is_tentative(plan: Plan) -> None:
    assert [(event.title.split(":")[0], event.status) for event in plan_events(plan)] == [
        ("call", "CONFIRMED"),
        ("waits", "TENTATIVE"),
        ("report", "CONFIRMED"),
    ]


def test_a_step_to_be_cancelled_is_a_cancelled_event_of_the_same_uid(plan: Plan) -> None:
    before = next(iter(plan_events(plan)))
    [enrollment] = plan.enrollments
    cancelled = replace(enrollment.activities[0], action=Action.CANCEL)
    [event] = plan_events(replace(plan, enrollments=(replace(enrollment, activities=(cancelled,)),)))
    assert (event.uid, event.status) == (before.uid, "CANCELLED")


def test_the_instants_are_those_of_the_plan_and_the_reasons_are_told(plan: Plan) -> None:
    found = {str(event["SUMMARY"]): event for event in _events(plan_ics(plan))}
    report = found["report: task for Maya Chen"]
    assert report.start == next(activity.due_at for activity in plan.activities if activity.step == "report")
    assert "Fri 27 Nov 2026 is closed: retreat, moved to Mon 30 Nov 2026" in str(report["DESCRIPTION"])
    assert plan_ics(plan) == plan_ics(plan)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ConfigError) as refused:
        calendar_feed("c", [])
    assert str(refused.value) == "a calendar needs the package icalendar; pip install 'cadence-engine[ics]'"

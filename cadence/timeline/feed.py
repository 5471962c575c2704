"""Calendars that other programs read, as iCalendar.

Source: RFC 5545; RFC 7986 for the calendar's name.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cadence.errors import ConfigError
from cadence.frozen import dataclass
from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icalendar import Calendar
    from icalendar import Event as Component

__all__ = ["CONFIRMED", "LASTS", "Event", "calendar_feed"]

LASTS = timedelta(minutes=15)
"""How long an event of ours takes, as an activity has no length of its own: long enough to be seen in a day's view."""

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
_PRODUCT = "-//Cadence//cadence-engine//EN"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One due date. The same `uid` is the same event: the one that was `modified` last holds.

    Times are aware; `status` is CONFIRMED, TENTATIVE or CANCELLED.
    """

    uid: str
    at: datetime
    title: str
    modified: datetime
    description: str = ""
    url: str = ""
    status: str = CONFIRMED


def calendar_feed(name: str, events: Iterable[Event]) -> bytes:
    """Return a calendar of that name: the same events, the same bytes.

    Times are written in UTC, which every calendar shows on its reader's clocks. Raises ConfigError where the package
    icalendar is missing.
    """
    calendar = _calendar(name)
    for event in events:
        calendar.add_component(_component(event))
    text: bytes = calendar.to_ical()
    return text


def _calendar(name: str) -> Calendar:
    try:
        from icalendar import Calendar  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError("a calendar needs the package icalendar", hint="pip install 'cadence-engine[ics]'") from None
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):  # the standard's, and the one that calendars read
        calendar.add(key, printable(name))
    return calendar


def _component(event: Event) -> Component:
    from icalendar import Event as Component  # noqa: PLC0415 - an extra

    component = Component()
    component.add("uid", event.uid)
    component.add("dtstamp", event.modified.astimezone(UTC))
    component.add("last-modified", event.modified.astimezone(UTC))
    component.add("sequence", (event.modified - _EPOCH) // timedelta(minutes=1))
    component.add("dtstart", event.at.astimezone(UTC))
    component.add("duration", LASTS)
    component.add("summary", printable(event.title))
    component.add("status", event.status)
    component.add("transp", "TRANSPARENT")  # a due date, not an appointment: it makes nobody busy
    if event.description:
        component.add("description", "\n".join(printable(line) for line in event.description.splitlines()))
    if event.url:
        component.add("url", event.url)
    return component

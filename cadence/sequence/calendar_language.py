"""The keys of a calendar, and hours as windows and teams share them."""

from __future__ import annotations

from cadence.sequence import grammar, hours, values
from cadence.sequence.compound import Either, Key, ListOf, MapOf, Struct
from cadence.sequence.shape import Text

__all__ = ["CALENDAR", "DATES", "HOURS", "INLINE_CALENDAR", "WINDOW"]

_INTERVAL = Text(
    "hours such as '09:00-17:00'",
    pattern=grammar.INTERVAL,
    parse=values.interval,
    name="interval",
    examples=["09:00-17:00"],
)
_INTERVAL_OR_CLOSED = Text(
    "hours such as '09:00-17:00', or closed",
    pattern=rf"{grammar.INTERVAL}|\s*{grammar.any_case('closed')}\s*",
    parse=values.interval_or_closed,
    name="interval_or_closed",
    examples=["09:00-17:00", "closed"],
)
_DAY_HOURS = Either(scalar=_INTERVAL_OR_CLOSED, items=ListOf(_INTERVAL, what="a list of hours"))
HOURS = MapOf(
    _DAY_HOURS,
    what="days such as mon, tue-thu, 'sat, sun', weekdays or daily",
    pattern=grammar.DAYS,
    accepts=hours.are_days,
    build=hours.week,
)
WINDOW = Either(
    scalar=Text("any, or hours such as '09:00-12:00'", pattern=rf"any|{grammar.INTERVAL}", parse=hours.window,
                examples=["any", "08:00-11:00"]),
    items=ListOf(_INTERVAL, what="a list of hours", least=1, to=hours.daily),
    mapping=HOURS,
    what="any, hours such as '09:00-12:00', a list of them, or hours by day",
)  # fmt: skip
DATES = Text(
    "a date or a range of dates", pattern=grammar.DATE_RANGE, parse=values.dates, examples=["2026-12-24..2026-12-31"]
)
_DATE_LIST = ListOf(DATES, what="a list of dates")
_CLOSED = Either(
    items=_DATE_LIST,
    mapping=MapOf(Text(), what="a date such as '2026-12-24'", pattern=grammar.DATE_RANGE, build=hours.reasons),
    what="a list of dates, or dates with reasons",
)
_SPECIAL = MapOf(_DAY_HOURS, what="a date such as '2026-12-24'", pattern=grammar.DATE, build=hours.special)
_NAME = Text("letters, digits, '-' and '_'", pattern=grammar.IDENTIFIER)
_REGION = Text("a region such as US or US-CA", pattern=r"[A-Z]{2,3}(-[A-Za-z0-9 ]+)?", examples=["US", "US-CA"])
_REGIONS = Either(scalar=_REGION, items=ListOf(_REGION, what="a list of regions"))

_KEYS = {
    "calendar": Key(_NAME, "the calendar's name, which is the file's", required=True),
    "title": Key(Text(), "what a person calls it"),
    "hours": Key(HOURS, "the business hours by day; days that are not named are closed", required=True),
    "holidays": Key(_REGIONS, "regions whose public holidays are closed"),
    "closed": Key(_CLOSED, "more closed dates"),
    "working": Key(Either(scalar=DATES, items=_DATE_LIST), "dates that are not closed after all"),
    "special": Key(_SPECIAL, "a date's own hours; they override everything"),
    "timezone": Key(Text("an IANA name", pattern=grammar.ZONE, parse=values.zone, examples=["Europe/Paris"]),
                    "the zone in which the hours are read; the step's by default"),
}  # fmt: skip
CALENDAR = Struct("calendar", _KEYS, named_by="calendar", partial=True)
INLINE_CALENDAR = Struct(
    "inline_calendar",
    {name: key for name, key in _KEYS.items() if name != "calendar"},
    what="a mapping with hours",
    partial=True,
)

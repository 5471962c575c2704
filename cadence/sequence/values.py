"""Single values that are written as text: offsets, times, dates, zones, regions, uuids."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.errors import CalendarError
from cadence.sequence import grammar
from cadence.sequence.shape import INVALID
from cadence.timing.hours import parse_interval, parse_time
from cadence.timing.offset_text import OffsetError, parse_offset

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import ScalarNode
    from cadence.timing.offset import Offset

__all__ = [
    "dates", "datetime_of", "interval", "interval_or_closed", "offset", "read_offset", "read_time", "zone",
]  # fmt: skip

_DAY_NAMES = tuple(day.capitalize() for day in grammar.SHORT_DAYS)


def read_offset(text: str, start: int, node: ScalarNode, key: str, found: Collector) -> Offset | None:
    """Return the offset in *text*, which begins at *start* of the node's text; None with a finding."""
    try:
        return _parse_offset(text)
    except OffsetError as error:
        if error.unit is not None:
            at = max(node.text.lower().find(error.unit.split()[0], start), start)
            found.error("unknown-unit", f"unknown unit '{error.unit}' in {key}", node.at(at), error.hint)
        else:
            code = "offset-out-of-range" if re.fullmatch(grammar.OFFSET, text) else "bad-offset"
            found.error(code, f"{error.message} in {key}", node.at(start), error.hint)
        return None


def _parse_offset(text: str) -> Offset:
    if not text.isascii():  # digits of other scripts would pass
        raise OffsetError(f"offset '{text}' is not made of plain letters and digits", text=text)
    return parse_offset(text)


def offset(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Offset that *node* writes."""
    read = read_offset(node.text, 0, node, key, found)
    return INVALID if read is None else read


def read_time(text: str, start: int, node: ScalarNode, key: str, found: Collector) -> int | None:
    """Return seconds since midnight, or None with a finding."""
    try:
        return parse_time(_ascii(text))
    except CalendarError as error:
        found.error("bad-time", f"{error.message} in {key}", node.at(start), error.hint)
        return None


def interval(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the one Interval that *node* writes."""
    try:
        return parse_interval(_ascii(node.text.replace("\u2013", "-")))
    except CalendarError as error:
        code = "empty-interval" if re.fullmatch(grammar.INTERVAL, node.text) else "bad-interval"
        found.error(code, f"{error.message} in {key}", node.place, error.hint)
        return INVALID


def interval_or_closed(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the one Interval that *node* writes, or None for "closed"."""
    return None if node.text.strip().lower() == "closed" else interval(node, key, found)


def _ascii(text: str) -> str:
    """Return *text*. Raises CalendarError for digits of other scripts, which would pass."""
    if not text.isascii():
        raise CalendarError(
            f"'{text}' is not made of plain digits", hint="write times as '09:00', hours as '09:00-17:00'"
        )
    return text


def dates(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return first and last of a date, or of a range as in 2026-12-24..2026-12-31."""
    first, _, last = (part.strip() for part in node.text.partition(".."))
    span = (_date(first), _date(last or first))
    if not re.fullmatch(grammar.DATE_RANGE, node.text):
        hint = "write it as '2026-12-24', or as '2026-12-24..2026-12-31'"
        found.error("bad-date", f"'{node.shown}' is neither a date nor a range of dates in {key}", node.place, hint)
    elif span[0] is None or span[1] is None:
        missing = first if span[0] is None else last
        found.error("no-such-date", f"there is no '{missing}' in {key}", node.place, "check the day of the month")
    elif span[1] < span[0]:
        hint = f"write it as '{last}..{first}'"
        found.error("reversed-dates", f"'{node.shown}' ends before it starts in {key}", node.place, hint)
    else:
        return span
    return INVALID


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def datetime_of(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the datetime that *node* writes in ISO 8601: aware with an offset or Z, else local (naive).

    A weekday in front ("Mon 2026-11-23 10:00") and a zone behind ("[America/New_York]") are for readers; the weekday
    must be right.
    """
    hint = "write it as '2026-11-23 10:00' (local), '2026-11-23T15:00:00Z' or '2026-11-23T10:00:00-05:00'"
    if not re.fullmatch(grammar.DATETIME, node.text):
        found.error("bad-datetime", f"'{node.shown}' is not a date with a time in {key}", node.place, hint)
        return INVALID
    weekday, text = (node.text[:3], node.text[4:]) if node.text[0].isalpha() else ("", node.text)
    try:
        moment = datetime.fromisoformat(text.partition("[")[0])
    except ValueError:
        found.error("no-such-date", f"there is no '{node.shown}' in {key}", node.place, hint)
        return INVALID
    if weekday and weekday.capitalize() != _DAY_NAMES[moment.weekday()]:
        message = f"'{text}' is a {_DAY_NAMES[moment.weekday()]}, not a {weekday} in {key}"
        found.error("wrong-weekday", message, node.place)
        return INVALID
    return moment


def zone(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the name of an IANA zone that the pinned tzdata holds."""
    from cadence.timing.zones import zone_names  # noqa: PLC0415 - read only where a zone is named

    if node.text in zone_names():
        return node.text
    hint = did_you_mean(node.text, zone_names()) or "write an IANA name such as 'Europe/Paris'"
    found.error("unknown-zone", f"unknown zone '{node.shown}' in {key}", node.place, hint)
    return INVALID

"""Hours as they are written in calendars, windows and teams, made into a week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.errors import CalendarError
from cadence.sequence import values
from cadence.sequence.nodes import ScalarNode
from cadence.sequence.shape import INVALID
from cadence.timing.hours import DAY_NAMES, every_day, merge, parse_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import MapNode
    from cadence.timing.hours import Interval, Week

__all__ = ["ANY", "are_days", "daily", "intervals", "reasons", "special", "week", "window"]


ANY = "any"


def intervals(value: Any) -> tuple[Interval, ...]:
    """Return the merged intervals of one interval, of several, or of None ("closed")."""
    if value is None:
        return ()
    several = [value] if _is_interval(value) else value
    return merge(interval for interval in several if interval is not None)


def _is_interval(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], int)


def daily(value: Iterable[Interval]) -> Week:
    """Return the week that has the same hours every day."""
    return every_day(value)


def window(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return ANY, or the week that has the hours of *node* every day."""
    if node.text.strip() == ANY:
        return ANY
    read = values.interval(node, key, found)
    return read if read is INVALID else every_day([read])


def week(node: MapNode, given: dict[str, Any], key: str, found: Collector) -> Any:
    """Return the Week that the hours by day make; a day that is named twice is reported."""
    days: dict[int, tuple[Interval, ...]] = {}
    named: dict[int, str] = {}
    for name in node.entries:
        for day in _days(name):
            if named.setdefault(day, name) != name:
                message = f"{DAY_NAMES[day]} is named twice in {key}, by '{named[day]}' and by '{name}'"
                found.error("day-named-twice", message, node.keys[name], "name each day once")
            days[day] = intervals(given.get(name, ()))
    complete = all(name in given for name in node.entries)
    return tuple(days.get(day, ()) for day in range(7)) if complete else INVALID


def are_days(name: str) -> bool:
    """Whether *name* names weekdays."""
    return bool(_days(name))


def _days(name: str) -> tuple[int, ...]:
    try:
        return parse_days(name)
    except CalendarError:
        return ()  # the form of the keys has been reported


def reasons(node: MapNode, given: dict[str, Any], key: str, found: Collector) -> Any:
    """Return first, last and reason of each entry of `closed: {2026-12-24..2026-12-31: shutdown}`."""
    spans = [(_span(node, name, key, found), reason) for name, reason in given.items()]
    return tuple((*span, reason) for span, reason in spans if span is not INVALID)


def special(node: MapNode, given: dict[str, Any], key: str, found: Collector) -> Any:
    """Return each date with its own hours."""
    spans = [(_span(node, name, key, found), hours) for name, hours in given.items()]
    return tuple((span[0], intervals(hours)) for span, hours in spans if span is not INVALID)


def _span(node: MapNode, name: str, key: str, found: Collector) -> Any:
    return values.dates(ScalarNode(node.keys[name], name), key, found)

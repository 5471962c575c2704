"""Small values built from the parts of a mapping; each reports what only shows when its keys are seen together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cadence.model.sequence import (
    Assign,
    AssignKind,
    GapRule,
    Notification,
    NotOnRule,
    Outside,
    PerDayRule,
    QuietRule,
    Repeat,
    Rules,
    Timeout,
    TimeoutThen,
    WeekdayShift,
)
from cadence.sequence import grammar, values
from cadence.sequence.compound import Parts
from cadence.sequence.shape import INVALID

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import ScalarNode
    from cadence.timing.offset import Offset

__all__ = [
    "assign", "association", "notification", "repeat", "rules", "timeout", "weekday", "zone_word",
]  # fmt: skip


def weekday(parts: Parts, key: str, found: Collector) -> WeekdayShift:
    """Return the weekday that says outright whether the date itself counts."""
    del key, found
    return WeekdayShift(parts["weekday"], inclusive=parts["inclusive"])


def assign(parts: Parts, key: str, found: Collector) -> Assign:
    """Return who gets a step."""
    del key, found
    kind = next(kind for kind in AssignKind if kind in parts)
    given = parts[kind]
    value, pool = "", ()
    if isinstance(given, Parts):
        value = given.get("role", "")
    elif isinstance(given, tuple):
        pool = given
    elif given not in (True, "everybody"):
        value = given
    return Assign(kind, value, pool=pool, cover=parts.get("cover"), otherwise=parts.get("else"), place=parts.node.place)


def repeat(parts: Parts, key: str, found: Collector) -> Any:
    """Return either form of a repeat."""
    if "rrule" in parts:
        return Repeat(rrule=parts["rrule"])
    every: Offset = parts["every"]
    if not (every.months or every.days or every.business_days or every.has_exact):
        found.error("offset-out-of-range", f"{key} comes again after nothing", parts.place("every"), "give a distance")
        return INVALID
    return Repeat(every=every, times=parts["times"])


def timeout(parts: Parts, key: str, found: Collector) -> Timeout:
    """Return how long to wait, and what then."""
    del key, found
    return Timeout(parts["after"], parts.get("then", TimeoutThen.CONTINUE))


def notification(parts: Parts, key: str, found: Collector) -> Any:
    """Return the reminder with the largest unit that is exact: weeks, days, hours or minutes."""
    before: Offset = parts["before"]
    amounts = (
        (before.days, 7, "weeks"),
        (before.days, 1, "days"),
        (before.seconds, 3600, "hours"),
        (before.seconds, 60, "minutes"),
    )
    single = (
        sum(map(bool, (before.months, before.days, before.business_days, before.seconds, before.business_seconds))) == 1
    )
    for amount, size, unit in amounts:
        if single and amount and amount % size == 0:
            return Notification(amount // size, unit, parts.get("type", "email"))
    message = f"'{parts.text('before')}' is not minutes, hours, days or weeks in {key}"
    found.error("notify-unit", message, parts.place("before"), "give one of these units, as in '1 hour'")
    return INVALID


def association(parts: Parts, key: str, found: Collector) -> tuple[str, str]:
    """Return the object and where the record's id comes from."""
    del key, found
    return parts["object"], parts["record"]


def zone_word(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the word: a place to look for a zone, or the name of one."""
    if node.text in {"assignee.timezone", "business.timezone"} or re.fullmatch(rf"record\.{grammar.FIELD}", node.text):
        return node.text
    return values.zone(node, key, found)


def rules(parts: Parts, key: str, found: Collector) -> Any:
    """Return the rules, whichever form each is written in."""
    del key
    quiet, per_day, gap, not_on = (_spread(parts, name) for name in ("quiet_hours", "max_per_day", "min_gap", "not_on"))
    if gap is not None and not _is_gap(gap[0]):
        message = "min_gap is not one of minutes, hours, days, weeks or business days"
        found.error("bad-gap", message, parts.place("min_gap"), "give one of these units, as in '4 hours'")
        return INVALID
    return Rules(
        quiet_hours=quiet and QuietRule(quiet[0][0], quiet[0][1], quiet[1]),
        max_per_day=per_day and PerDayRule(per_day[0], per_day[2], per_day[1]),
        min_gap=gap and GapRule(gap[0], gap[1]),
        not_on=not_on and NotOnRule(not_on[0], not_on[1]),
    )


_MAIN = {"quiet_hours": "between", "max_per_day": "count", "min_gap": "gap", "not_on": "dates"}


def _spread(parts: Parts, name: str) -> tuple[Any, Outside, str] | None:
    """Return the rule's value, what it does, and whom it counts; None where it was not written."""
    given = parts.get(name)
    if given is None:
        return None
    if not isinstance(given, Parts):
        return given, Outside.SHIFT, "record"
    return given[_MAIN[name]], given.get("then", Outside.SHIFT), given.get("per", "record")


def _is_gap(gap: Offset) -> bool:
    return not (gap.months or gap.business_seconds) and sum(map(bool, (gap.days, gap.business_days, gap.seconds))) == 1

"""The why of a due while it is being computed: cheap to write, put into words only when somebody reads it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from cadence.model.plan import Why
from cadence.timing.civil import date_of
from cadence.timing.instants import format_local

if TYPE_CHECKING:
    from cadence.timing.zones import Zone

__all__ = ["Reason", "Rule", "Trace"]

Reason = str | Callable[[], str]
"""Why, in words, or what will say it when asked."""


class Rule(StrEnum):
    """The rules that can have a line in a why, in the order in which they apply."""

    CALENDAR = "calendar"
    ASSIGNEE = "assignee"
    ANCHOR = "anchor"
    OFFSET = "offset"
    WEEKDAY = "weekday"
    ROLL = "roll"
    TIME = "time"
    SLOT = "slot"
    CLOCK_CHANGE = "clock-change"
    WINDOW = "window"
    EXACT = "exact"
    QUIET_HOURS = "quiet-hours"
    NOT_ON = "not-on"
    MAX_PER_DAY = "max-per-day"
    MIN_GAP = "min-gap"
    NOT_BEFORE = "not-before"
    NOT_AFTER = "not-after"
    IF_PAST = "if-past"
    COVER = "cover"
    LEDGER = "ledger"


_DAYS, _INSTANTS, _RESOLVED = range(3)


class Trace:
    """Lines in the order in which they happened. Days and instants stay integers until `lines` writes them out."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: list[tuple[Rule, int, int | None, int | None, Reason]] = []

    def note(self, rule: Rule, reason: Reason) -> None:
        """Add a line that moves nothing."""
        self._lines.append((rule, _INSTANTS, None, None, reason))

    def day(self, rule: Rule, taken: int | None, given: int, reason: Reason) -> None:
        """Add a line that chose a local date."""
        self._lines.append((rule, _DAYS, taken, given, reason))

    def resolved(self, rule: Rule, day: int, given: int, reason: Reason) -> None:
        """Add a line that made an instant of a local date."""
        self._lines.append((rule, _RESOLVED, day, given, reason))

    def instant(self, rule: Rule, taken: int | None, given: int, reason: Reason) -> None:
        """Add a line that moved an instant."""
        self._lines.append((rule, _INSTANTS, taken, given, reason))

    def join(self, other: Trace) -> None:
        """Add the lines of *other*, which stay shared."""
        self._lines += other._lines

    def lines(self, zone: Zone) -> tuple[Why, ...]:
        """Return the lines in words; instants as clocks in *zone* show them."""
        return tuple(
            Why(
                rule.value,
                _written(taken, form != _INSTANTS, zone),
                _written(given, form == _DAYS, zone),
                reason if isinstance(reason, str) else reason(),
            )
            for rule, form, taken, given, reason in self._lines
        )


def _written(value: int | None, is_day: bool, zone: Zone) -> str | None:
    if value is None:
        return None
    return date_of(value).isoformat() if is_day else format_local(value, zone)

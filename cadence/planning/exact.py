"""The elapsed part of an offset (step 6 of docs/explanation/plan.md)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.planning.problem import Problem
from cadence.planning.trace import Rule
from cadence.planning.words import instant_words, span_words
from cadence.timing.opens import open_table

if TYPE_CHECKING:
    from cadence.planning.draft import Draft
    from cadence.timing.offset import Offset

__all__ = ["elapsed", "elapsed_seconds", "moved_into_window"]


def elapsed(draft: Draft, utc: int, offset: Offset) -> int:
    """Return *utc* after the exact part of *offset*: seconds, then business seconds by the calendar's hours.

    Raises Problem for business hours without a calendar.
    """
    given = elapsed_seconds(draft, utc, offset)
    draft.trace.instant(Rule.EXACT, utc, given, partial(_words, offset))
    return given


def elapsed_seconds(draft: Draft, utc: int, offset: Offset) -> int:
    """Return the same as `elapsed`, without a line in the why."""
    given = utc + offset.seconds
    return _business_time(draft, given, offset.business_seconds) if offset.business_seconds else given


def moved_into_window(draft: Draft, utc: int) -> int:
    """Return *utc* where a due may stand there, else the next opening; the last close going backwards."""
    window = draft.window
    if window.holds(utc):
        return utc
    given = window.back(utc) if draft.compiled.backwards else window.onward(utc)
    return draft.bring_inside(
        Rule.WINDOW,
        utc,
        given,
        reason=partial(window.reason, utc, given),
        problem=f"due {instant_words(utc, draft.zone)} is outside the window",
    )


def _business_time(draft: Draft, utc: int, seconds: int) -> int:
    calendar = draft.compiled.hours
    if calendar is None:
        raise Problem(
            "no-calendar",
            f"'{draft.compiled.step.due.text}' counts business hours and there is no calendar",
            hint="add calendar: to the sequence, or count hours",
        )
    return open_table(calendar, draft.zone).add(utc, seconds, land=draft.compiled.step.land)


def _words(offset: Offset) -> str:
    parts = ((offset.seconds, ""), (offset.business_seconds, " of business hours"))
    said = " and ".join(f"{span_words(abs(amount))}{what}" for amount, what in parts if amount)
    return f"{said} {'earlier' if offset.seconds < 0 or offset.business_seconds < 0 else 'later'}"

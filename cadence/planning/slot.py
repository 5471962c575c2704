"""A slot: a due somewhere between two times of day, the same for a record however often it is planned."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.planning.identity import stable_number
from cadence.planning.trace import Rule
from cadence.planning.words import clock_words
from cadence.timing.civil import DAY

if TYPE_CHECKING:
    from cadence.model.sequence import Slot
    from cadence.planning.draft import Draft

__all__ = ["spread"]

_MINUTE = 60


def spread(draft: Draft, day: int, slot: Slot) -> int | None:
    """Return the draft's minute of the slot on *day*, None where the slot is closed.

    The minutes that elapse while both slot and window are open are counted, the slot's end excluded, and a stable hash
    of sequence, step, record and occurrence picks one.
    """
    policy = draft.compiled.step.policy
    opens = draft.zone.to_utc(day * DAY + slot.opens, policy)
    closes = draft.zone.to_utc(day * DAY + slot.closes, policy)
    pieces = _open_pieces(draft, opens, closes)
    minutes = sum(-(-(end - start) // _MINUTE) for start, end in pieces)
    if not minutes:
        return None
    chosen = stable_number(draft.seed, draft.compiled.step.id, str(draft.occurrence)) % minutes
    utc = _minute_of(pieces, chosen)
    draft.trace.resolved(Rule.SLOT, day, utc, partial(_words, slot, chosen, minutes))
    return utc


def _open_pieces(draft: Draft, opens: int, closes: int) -> list[tuple[int, int]]:
    if closes <= opens:
        return []
    table = draft.window.table
    if table is None:
        return [(opens, closes)]
    cut = ((max(start, opens), min(end, closes)) for start, end in table.intervals(opens, closes))
    return [(start, end) for start, end in cut if start < end]


def _minute_of(pieces: list[tuple[int, int]], chosen: int) -> int:
    for start, end in pieces:
        minutes = -(-(end - start) // _MINUTE)
        if chosen < minutes:
            return start + chosen * _MINUTE
        chosen -= minutes
    raise AssertionError("the chosen minute lies in none of the pieces")


def _words(slot: Slot, chosen: int, minutes: int) -> str:
    between = f"{clock_words(slot.opens)}-{clock_words(slot.closes)}"
    return f"minute {chosen + 1} of {minutes} in the slot {between}, by a stable hash of the record"

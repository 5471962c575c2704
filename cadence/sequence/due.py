"""When a step is due, as a sentence or as a mapping: "2 business days after kickoff at 14:00-16:00"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.model.sequence import Anchor, AnchorKind, Due, Slot, WeekdayShift
from cadence.sequence import grammar
from cadence.sequence.shape import INVALID
from cadence.sequence.values import read_offset, read_time
from cadence.timing.offset import Offset

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.compound import Parts
    from cadence.sequence.nodes import ScalarNode

__all__ = ["build_due", "read_anchor", "read_at", "read_due", "read_weekday"]

_FORM = "write it as '2 business days after start at 10:00', 'friday after kickoff' or 'on record.contract_end'"
_DAYS = {day: number for days in (grammar.WEEKDAYS, grammar.SHORT_DAYS) for number, day in enumerate(days)}
_WORD = re.compile(r"\S+")


class _Wrong(Exception):  # noqa: N818 - caught where the sentence is read; never leaves this module
    """What is wrong with a sentence: the words concerned, or that a finding has been made already."""

    def __init__(self, message: str = "", *, at: int = 0, hint: str | None = _FORM, code: str = "bad-due") -> None:
        super().__init__(message)
        self.offset, self.hint, self.code = at, hint, code


class _Words:
    """The words of a sentence with their positions, taken from the front."""

    def __init__(self, node: ScalarNode, key: str, found: Collector, text: str | None = None, start: int = 0) -> None:
        self.node, self.key, self.found = node, key, found
        matches = list(_WORD.finditer(node.text if text is None else text))
        self._words = [(match[0], match.start() + start) for match in matches]

    def __len__(self) -> int:
        return len(self._words)

    @property
    def position(self) -> int:
        return self._words[0][1] if self._words else len(self.node.text.rstrip())

    def peek(self, index: int = 0) -> str:
        return self._words[index][0].lower() if index < len(self._words) else ""

    def take(self, count: int = 1) -> str:
        taken, self._words = self._words[:count], self._words[count:]
        return " ".join(word for word, _ in taken)

    def find(self, *wanted: str) -> int:
        """Return the index of the first of *wanted*, or -1."""
        return next((index for index, (word, _) in enumerate(self._words) if word.lower() in wanted), -1)

    def split(self, index: int) -> _Words:
        """Cut off and return the words from *index* on."""
        rest = _Words(self.node, self.key, self.found, "")
        self._words, rest._words = self._words[:index], self._words[index:]
        return rest


def read_due(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Due that the sentence means, or INVALID with a finding at the word that is wrong."""
    return _read(node, key, found, _sentence)


def read_anchor(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Anchor that *node* names."""
    return _read(node, key, found, _anchor)


def read_weekday(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the weekday that *node* names, Monday being 0."""
    day = _DAYS.get(node.text.strip().lower())
    if day is None:
        hint = did_you_mean(node.text, grammar.WEEKDAYS)
        found.error("unknown-weekday", f"unknown weekday '{node.shown}' in {key}", node.place, hint)
        return INVALID
    return day


def read_at(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return seconds since midnight, or the Slot that *node* writes."""
    return _read(node, key, found, _time_of_day)


def _read(node: ScalarNode, key: str, found: Collector, rule: Any) -> Any:
    try:
        return rule(_Words(node, key, found))
    except _Wrong as wrong:
        if str(wrong):
            found.error(wrong.code, f"{wrong} in {key}", node.at(wrong.offset), wrong.hint)
        return INVALID


def _sentence(words: _Words) -> Due:
    if not len(words):
        raise _Wrong("no words")
    at_index = words.find("at")
    time = words.split(at_index) if at_index >= 0 else None
    due = _core(words)
    at = None
    if time is not None:
        time.take()
        at = _time_of_day(time)
    return replace(due, text=" ".join(words.node.text.split()), at=at, place=words.node.place)


def _core(words: _Words) -> Due:
    if words.peek() in {"on", "the"} and (words.peek() == "on" or words.peek(1) in _DAYS):
        on = words.take().lower() == "on"
        if words.peek() not in _DAYS:
            if not on:
                raise _Wrong("no anchor", at=words.position)
            return Due("", _anchor(words))
    if words.peek() in _DAYS:
        return _on_weekday(words)
    return _by_offset(words)


def _on_weekday(words: _Words) -> Due:
    position = words.position
    day = words.take().lower()
    inclusive = (words.peek(), words.peek(1)) == ("on", "or")
    if inclusive:
        words.take(2)
    if words.peek() not in {"after", "before"}:
        raise _Wrong(f"'{day}' without after or before", at=position)
    before = words.take().lower() == "before"
    due = _by_offset(words)
    return replace(due, weekday=WeekdayShift(_DAYS[day], inclusive=inclusive), before=before)


def _by_offset(words: _Words) -> Due:
    index = words.find("after", "before")
    if index < 0:
        return Due("", _anchor(words))
    if index == 0:
        raise _Wrong(f"'{words.peek()}' without an offset or a weekday before it", at=words.position)
    rest = words.split(index)
    before = rest.take().lower() == "before"
    start = words.position
    offset = read_offset(words.take(len(words)), start, words.node, words.key, words.found)
    anchor = _anchor(rest)
    if offset is None:
        raise _Wrong
    return Due("", anchor, -offset if before else offset, before=before)


def _anchor(words: _Words) -> Anchor:
    position = words.position
    first = words.take()
    if first == "completion" and words.peek() == "of":
        words.take()
        anchor = Anchor(AnchorKind.COMPLETION, _step(words))
    else:
        anchor = _single_anchor(first, position)
    if len(words):
        raise _Wrong(f"unexpected '{words.peek()}' after the anchor", at=words.position, hint=_rest_hint(words.peek()))
    return anchor


def _rest_hint(word: str) -> str:
    if word in {"after", "before", "on", "the"} or word in _DAYS:
        return "put the weekday first: 'friday on or after X', 'friday after 2 weeks after X'"
    return _FORM


def _single_anchor(word: str, position: int) -> Anchor:
    if word == "start":
        return Anchor(AnchorKind.START)
    kind, dot, name = word.partition(".")
    if dot and kind in {"record", "param"}:
        form = grammar.FIELD if kind == "record" else grammar.PARAM
        if re.fullmatch(form, name):
            return Anchor(AnchorKind(kind), name)
    return Anchor(AnchorKind.STEP, _step_id(word, position))


def _step(words: _Words) -> str:
    position = words.position
    return _step_id(words.take(), position)


def _step_id(word: str, position: int) -> str:
    if not word:
        raise _Wrong("no anchor", at=position)
    if word.lower() in grammar.RESERVED or not re.fullmatch(grammar.IDENTIFIER, word):
        hint = "an anchor is start, a step's id, completion of a step, record.<field> or param.<name>"
        raise _Wrong(f"'{word}' is no anchor", at=position, hint=hint)
    return word


def _time_of_day(words: _Words) -> int | Slot:
    position = words.position
    text = words.take(len(words))
    ends = re.split(r"\s*[-\u2013]\s*", text)
    times = [read_time(end, position, words.node, words.key, words.found) for end in ends[:2]]
    if len(ends) > 2:  # noqa: PLR2004 - a slot has two ends
        raise _Wrong(f"'{text}' is no time of day", at=position, code="bad-time")
    if any(time is None for time in times):
        raise _Wrong
    if len(times) == 1:
        return times[0] or 0
    opens, closes = times[0] or 0, times[1] or 0
    if opens >= closes:
        hint = "a slot lies within one day: write it as '14:00-16:00'"
        raise _Wrong(f"slot '{text}' ends before it starts", at=position, hint=hint, code="empty-slot")
    return Slot(opens, closes)


def build_due(parts: Parts, key: str, found: Collector) -> Any:
    """Return the Due of the mapping form `{offset, after or before, at, on}`.

    `on: friday` is strict like the sentence where no offset is given, and counts the date itself after an offset.
    """
    del key, found
    before = "before" in parts
    anchor = parts["before" if before else "after"]
    offset = parts.get("offset", Offset())
    on = parts.get("on")
    weekday = WeekdayShift(on, inclusive="offset" in parts) if isinstance(on, int) else on
    text = _as_sentence(parts, before=before)
    signed = -offset if before else offset
    return Due(text, anchor, signed, before=before, weekday=weekday, at=parts.get("at"), place=parts.node.place)


def _as_sentence(parts: Parts, *, before: bool) -> str:
    direction = "before" if before else "after"
    offset, anchor, at = parts.text("offset"), parts.text(direction), parts.text("at")
    core = f"{offset} {direction} {anchor}" if offset else anchor
    if "on" in parts:
        link = " on or" if offset else ""
        core = f"{_weekday_name(parts['on'])}{link} {direction} {core}"
    elif not offset:
        core = f"on {anchor}"
    return f"{core} at {at}" if at else core


def _weekday_name(on: int | WeekdayShift) -> str:
    return grammar.WEEKDAYS[on if isinstance(on, int) else on.weekday]

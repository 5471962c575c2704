"""Offsets as text: "2 business days", "1 month 2 days", "1.5h", "P1DT2H"."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.errors import CalendarError
from cadence.timing.offset import Offset

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["UNITS", "OffsetError", "format_offset", "parse_offset"]

# unit: (field of Offset, how much of it)
UNITS = {
    "y": ("months", 12),
    "mo": ("months", 1),
    "w": ("days", 7),
    "d": ("days", 1),
    "bd": ("business_days", 1),
    "h": ("seconds", 3600),
    "min": ("seconds", 60),
    "s": ("seconds", 1),
    "bh": ("business_seconds", 3600),
    "bmin": ("business_seconds", 60),
    "bs": ("business_seconds", 1),
}
_WORDS = {"y": "year", "mo": "month", "w": "week", "d": "day", "h": "hour", "min": "minute", "s": "second"}
_SPELLINGS = {
    **{unit: unit for unit in UNITS},
    **{word + plural: unit for unit, word in _WORDS.items() for plural in ("", "s")},
    **{
        f"{kind} {word}{plural}": f"b{unit}"
        for unit, word in _WORDS.items()
        if f"b{unit}" in UNITS
        for kind in ("business", "working")
        for plural in ("", "s")
    },
    "hr": "h",
    "hrs": "h",
    "mins": "min",
    "mos": "mo",
    "sec": "s",
    "secs": "s",
    "wk": "w",
    "wks": "w",
    "yr": "y",
    "yrs": "y",
    "workday": "bd",
    "workdays": "bd",
    "business min": "bmin",
    "working min": "bmin",
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("zero", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
    for word in words.split()
}
_EXACT = frozenset({"seconds", "business_seconds"})
_DIGITS = 9
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+|[,+]|\S")
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ISO = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_ISO_UNITS = ("y", "mo", "w", "d", "h", "min", "s")


class OffsetError(CalendarError):
    """Raised for a text that is no offset; `text` is all of it, `unit` the unknown unit if that is what is wrong."""

    def __init__(self, message: str, *, text: str, unit: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.unit = unit


def parse_offset(text: str) -> Offset:
    """Return the offset that *text* writes: words, short forms, sums of them, or an ISO 8601 duration.

    Fractions are for exact units only and must come to whole seconds. Raises OffsetError.
    """
    clean = text.strip()
    parts = _iso_parts(clean) if re.match(r"[pP][\dtT]", clean) else _parts(clean)
    totals: Counter[str] = Counter()
    nominal = False
    for amount, unit in parts:
        name, size = UNITS[unit]
        totals[name] += _whole(amount, unit, size, text=text)
        nominal = nominal or name not in _EXACT
    offset = Offset(**totals, nominal=False)
    return replace(offset, nominal=True) if nominal and not offset.has_nominal else offset


def _whole(amount: str, unit: str, size: int, *, text: str) -> int:
    """Return *amount*, which may have a fraction, times *size*."""
    units, _, fraction = amount.partition(".")
    if fraction and UNITS[unit][0] not in _EXACT:
        hint = "only hours and minutes take fractions"
        raise OffsetError(f"'{amount} {_word(unit)}s' in offset '{text}' is not whole", text=text, hint=hint)
    scale: int = 10 ** len(fraction)
    value, rest = divmod(int(units + fraction) * size, scale)
    if rest:
        hint = "use minutes"
        raise OffsetError(f"'{amount} {_word(unit)}s' in offset '{text}' is not a whole second", text=text, hint=hint)
    return value


def _iso_parts(text: str) -> Iterator[tuple[str, str]]:
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        raise OffsetError(
            f"offset '{text}' is not an ISO 8601 duration", text=text, hint="write it as 'P1DT2H' or '1 day 2 hours'"
        )
    for amount, unit in zip(match.groups(), _ISO_UNITS, strict=True):
        if amount is not None:
            yield _bounded(amount, text), unit


def _parts(text: str) -> Iterator[tuple[str, str]]:
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    if not tokens:
        raise OffsetError("offset '' is empty", text=text, hint="write it as '2 business days' or '1h'")
    position = 0
    while position < len(tokens):
        amount = _amount(tokens[position], text)
        end = position + 1
        while end < len(tokens) and not _ends_unit(tokens[end]):
            end += 1
        yield amount, _unit(" ".join(tokens[position + 1 : end]), tokens[position], text)
        position = _next_part(tokens, end, text)


def _ends_unit(token: str) -> bool:
    return token in {"and", ",", "+"} or token in _NUMBERS or token[0].isdigit()


def _next_part(tokens: list[str], position: int, text: str) -> int:
    """Return the position of the next number, past one joint ("and", ",", "+", ", and")."""
    start = position
    while position < len(tokens) and tokens[position] in {"and", ",", "+"}:
        position += 1
    joint = tokens[start:position]
    if joint and (position == len(tokens) or joint not in (["and"], [","], ["+"], [",", "and"])):
        raise OffsetError(f"offset '{text}' has '{' '.join(joint)}' with nothing to join", text=text)
    return position


def _amount(token: str, text: str) -> str:
    if token in _NUMBERS:
        return str(_NUMBERS[token])
    if _AMOUNT.fullmatch(token):
        return _bounded(token, text)
    if token == "-":  # noqa: S105 - a token of the text
        raise OffsetError(f"offset '{text}' has a sign", text=text, hint="write 'before' in place of a minus")
    raise OffsetError(
        f"offset '{text}' has '{token}' where a number is expected", text=text, hint="write it as '2 business days'"
    )


def _bounded(amount: str, text: str) -> str:
    if len(amount) > _DIGITS:
        raise OffsetError(f"'{amount[:_DIGITS]}...' in offset '{text[:40]}' is too large", text=text)
    return amount


def _unit(words: str, number: str, text: str) -> str:
    unit = _SPELLINGS.get(words)
    if unit is not None:
        return unit
    if not words:
        raise OffsetError(
            f"offset '{text}' has '{number}' without a unit", text=text, hint="write it as '2 business days' or '2bd'"
        )
    raise OffsetError(f"unknown unit '{words}' in offset '{text}'", text=text, unit=words, hint=_unit_hint(words))


def _unit_hint(words: str) -> str:
    from cadence.diagnostics import suggest  # noqa: PLC0415 - only when something is wrong

    if words == "m":
        return "'min' is minutes, 'mo' is months"
    known = [word for word in _SPELLINGS if len(word) > 2 and not word.startswith("working")]  # noqa: PLR2004
    best = suggest(words, sorted(known))
    return f"did you mean '{best}'?" if best else "units are min h d w mo y bd bh bmin"


def format_offset(offset: Offset) -> str:
    """Return the offset in words, largest unit first; parsing it gives *offset* again unless it is negative.

    A negative part has a minus, which a sequence writes as `before`.
    """
    parts = [
        *_format_part(offset.months, ("y", "mo")),
        *(_format_part(offset.days, ("w",)) if offset.days % 7 == 0 else _format_part(offset.days, ("d",))),
        *_format_part(offset.business_days, ("bd",)),
        *(["0 business days"] if offset.nominal and not _has_date(offset) else []),
        *_format_part(offset.seconds, ("h", "min", "s")),
        *_format_part(offset.business_seconds, ("bh", "bmin", "bs")),
    ]
    return " ".join(parts) or "0 minutes"


def _has_date(offset: Offset) -> bool:
    return bool(offset.months or offset.days or offset.business_days)


def _format_part(amount: int, units: tuple[str, ...]) -> Iterator[str]:
    sign, rest = ("-" if amount < 0 else ""), abs(amount)
    for unit in units:
        count, rest = divmod(rest, UNITS[unit][1])
        if count:
            yield f"{sign}{count} {_word(unit)}{'s' if count > 1 else ''}"


def _word(unit: str) -> str:
    return f"business {_WORDS[unit[1:]]}" if unit not in _WORDS else _WORDS[unit]

"""The filters that templates and expressions may use, each with the number of its arguments."""

from __future__ import annotations

import html
import math
import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cadence.sequence.evaluation import EvaluationError, Safe, as_date, as_text, check_length

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FILTERS"]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DIRECTIVE = re.compile(r"%(.)")
_DIRECTIVES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda d: f"{d.year:04d}",
    "m": lambda d: f"{d.month:02d}",
    "d": lambda d: f"{d.day:02d}",
    "e": lambda d: str(d.day),
    "y": lambda d: f"{d.year % 100:02d}",
    "j": lambda d: f"{d.timetuple().tm_yday:03d}",
    "H": lambda d: f"{d.hour:02d}",
    "I": lambda d: f"{d.hour % 12 or 12:02d}",
    "l": lambda d: str(d.hour % 12 or 12),
    "M": lambda d: f"{d.minute:02d}",
    "S": lambda d: f"{d.second:02d}",
    "p": lambda d: "AM" if d.hour < 12 else "PM",  # noqa: PLR2004 - noon
    "A": lambda d: _DAYS[d.weekday()],
    "a": lambda d: _DAYS[d.weekday()][:3],
    "B": lambda d: _MONTHS[d.month - 1],
    "b": lambda d: _MONTHS[d.month - 1][:3],
    "%": lambda _: "%",
}


def _replace(value: Any, old: Any, new: Any) -> str:
    text, was, now = as_text(value), as_text(old), as_text(new)
    check_length(len(text) + text.count(was) * (len(now) - len(was)))
    return text.replace(was, now)


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(as_text(value).strip())
    except InvalidOperation as error:
        raise EvaluationError(f"'{value}' is not a number") from error
    if not number.is_finite() or abs(number.adjusted()) > 300:  # noqa: PLR2004 - a double's range
        raise EvaluationError(f"'{value}' is not a number that can be used")
    return number


def _round(value: Any, digits: Any = 0) -> int | float:
    if not isinstance(digits, int) or not 0 <= digits <= 9:  # noqa: PLR2004 - more would be noise
        raise EvaluationError(f"round takes 0 to 9 digits, not '{digits}'")
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return float(rounded) if digits else int(rounded)


def _float(value: Any) -> float:
    number = float(_decimal(value))
    return number if math.isfinite(number) else 0.0


def _length(value: Any) -> int:
    if isinstance(value, (str, list, tuple, dict)):
        return len(value)
    raise EvaluationError(f"'{value}' has no length")


def _end(index: int) -> Callable[[Any], Any]:
    def pick(value: Any) -> Any:
        if isinstance(value, (str, list, tuple)) and value:
            return value[index]
        raise EvaluationError("first and last need a list or a text that is not empty")

    return pick


def _join(value: Any, separator: Any = "") -> str:
    if not isinstance(value, (list, tuple)):
        raise EvaluationError(f"join needs a list, not '{as_text(value)[:40]}'")
    between = as_text(separator)
    items = [as_text(item) for item in value]
    check_length(sum(map(len, items)) + len(between) * len(items))
    return between.join(items)


def _datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(as_text(value))
    except ValueError as error:
        raise EvaluationError(f"'{value}' is not a date with a time", hint="write it as '2026-12-24T10:00'") from error


def _formatter(form: str) -> Callable[..., str]:
    def show(value: Any, wanted: Any = form) -> str:
        moment = _datetime(value) if form != "%Y-%m-%d" else datetime.combine(as_date(value), datetime.min.time())
        return _DIRECTIVE.sub(lambda match: _directive(match[1])(moment), as_text(wanted))

    return show


def _directive(letter: str) -> Callable[[datetime], str]:
    if letter in _DIRECTIVES:
        return _DIRECTIVES[letter]
    raise EvaluationError(
        f"unknown date directive '%{letter}'", hint=f"known: {' '.join('%' + d for d in _DIRECTIVES)}"
    )


def _truncate(value: Any, length: Any = 255) -> str:
    text = as_text(value)
    if not isinstance(length, int) or length < 1:
        raise EvaluationError(f"truncate takes a length from 1, not '{length}'")
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


# name: (function, least arguments, most arguments), the value itself not counted; `default` is built into the language
FILTERS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "upper": (lambda value: as_text(value).upper(), 0, 0),
    "lower": (lambda value: as_text(value).lower(), 0, 0),
    "title": (lambda value: as_text(value).title(), 0, 0),
    "capitalize": (lambda value: as_text(value).capitalize(), 0, 0),
    "trim": (lambda value: as_text(value).strip(), 0, 0),
    "default": (lambda value, *_: value, 1, 2),
    "replace": (_replace, 2, 2),
    "round": (_round, 0, 1),
    "int": (lambda value: int(_decimal(value)), 0, 0),
    "float": (_float, 0, 0),
    "length": (_length, 0, 0),
    "join": (_join, 0, 1),
    "first": (_end(0), 0, 0),
    "last": (_end(-1), 0, 0),
    "date": (_formatter("%Y-%m-%d"), 0, 1),
    "time": (_formatter("%H:%M"), 0, 1),
    "datetime": (_formatter("%Y-%m-%d %H:%M"), 0, 1),
    "escape": (lambda value: Safe(html.escape(as_text(value))), 0, 0),
    "truncate": (_truncate, 0, 1),
}

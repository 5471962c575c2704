"""Fields as a target stores them: what programs and Parquet files hold, made into what JSON has a form for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any
from uuid import UUID

from cadence.errors import PlanError
from cadence.frozen import dataclass
from cadence.model.nesting import DEEPEST, is_too_deep

__all__ = ["Unreadable", "check_depth", "check_value", "kind_of", "storable"]

_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    bytes: "bytes",
    list: "a list",
    dict: "an object",
}
_VOWELS = "aeiou"
_EXACT = 2**53
"""Below this, whoever reads JSON reads a whole number as it was written."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a value that Python has no form for, as a date of the year 12000; `type` is its file's word."""

    type: str


def storable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return *fields* with dates and times as ISO 8601, decimals as numbers where that loses nothing, else as text.

    Bytes are UTF-8. Raises PlanError, naming the field, for what has no such form: a set, say, or an object.
    """
    for name, value in fields.items():
        check_depth(value, name)
    return {name: _plain(value, name) for name, value in fields.items()}


def check_depth(value: object, name: str) -> None:
    """Raise PlanError for a value that is nested deeper than any is followed."""
    if is_too_deep(value):
        raise PlanError(
            f"'{name}' is nested deeper than {DEEPEST} levels", hint="keep it flat, or take it out of the row"
        )


def check_value(value: object, name: str) -> None:
    """Raise PlanError for what was not read, and for a number that would be stored and could not be read again."""
    if isinstance(value, Unreadable):
        raise _refused(name, kind_of(value))
    if isinstance(value, int):
        _check_digits(value, name)


def kind_of(value: object) -> str:
    """Return what *value* is, in words: `a list`, `a timedelta`."""
    if isinstance(value, Unreadable):
        return f"a value of {value.type} that cannot be read"
    name = type(value).__name__
    return _KINDS.get(type(value), f"{'an' if name[:1].casefold() in _VOWELS else 'a'} {name}")


def _plain(value: Any, name: str) -> Any:
    match value:
        case None | bool() | str():
            return value
        case Mapping():
            return {(known := _key(key, name)): _plain(item, f"{name}.{known}") for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, name) for item in value]
        case Real() | Decimal():
            return _number(value, name)
        case date() | time() | UUID() | bytes():
            return _text(value, name)
        case _:
            raise _refused(name, f"{kind_of(value)}, which cannot be stored")


def _check_digits(value: object, name: str) -> None:
    try:
        str(value)
    except ValueError:
        raise _refused(name, "a number with more digits than can be stored") from None


def _number(value: Any, name: str) -> int | float | str:
    if isinstance(value, Integral):
        _check_digits(value, name)
        return int(value)
    if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
        raise _refused(name, f"'{value}', which is no number")
    return _decimal(value) if isinstance(value, Decimal) else float(value)


def _decimal(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and abs(value) < _EXACT:
        return int(value)
    as_float = float(value)
    return as_float if math.isfinite(as_float) and Decimal(repr(as_float)) == value else str(value)


def _text(value: date | time | UUID | bytes, name: str) -> str:
    match value:
        case bytes():
            return _decoded(value, name)
        case UUID():
            return str(value)
        case _:
            return value.isoformat()


def _decoded(value: bytes, name: str) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise _refused(name, "bytes that are not UTF-8") from None
    if "\0" in text:
        raise _refused(name, "a character that cannot be stored")
    return text


def _key(key: object, name: str) -> str:
    if isinstance(key, int) and not isinstance(key, bool):
        _check_digits(key, name)
        return str(key)
    if not isinstance(key, str):
        raise _refused(name, f"an object with {kind_of(key)} for a name")
    return key


def _refused(name: str, what: str) -> PlanError:
    return PlanError(f"'{name}' holds {what}", hint="write it as text, or take it out of the row")

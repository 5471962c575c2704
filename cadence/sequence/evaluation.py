"""What happens when an expression is evaluated: looking up, comparing, calculating, all bounded and strict."""

from __future__ import annotations

import html
import operator
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from cadence.diagnostics import did_you_mean
from cadence.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.diagnostics import Place

__all__ = [
    "MAX_OUTPUT", "Context", "EvaluationError", "MissingVariable", "Safe", "as_date", "as_text", "bounded",
    "calculate", "check_length", "compare", "escaped", "look_up",
]  # fmt: skip

MAX_OUTPUT: Final = 20_000

Context = Mapping[str, Any]

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DATE_PARTS = frozenset({"year", "month", "day", "hour", "minute"})


class EvaluationError(PlanError):
    """Raised where an expression or a template cannot be evaluated for a record.

    `source` is its text, `place` where it stands; both are filled in by what evaluates the whole.
    """

    def __init__(self, message: str, *, hint: str | None = None, source: str = "", place: Place | None = None) -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.place = place


class MissingVariable(EvaluationError):  # noqa: N818 - reads as the condition it names
    """Raised for a variable that is not there, or is empty; `name` is its path, `known` the names beside it."""

    def __init__(self, name: str, *, known: tuple[str, ...] = (), empty: bool = False) -> None:
        super().__init__(f"{name} is empty" if empty else f"there is no {name}", hint=_way_out(name, known))
        self.name = name
        self.known = known


def _way_out(name: str, known: tuple[str, ...]) -> str:
    root, _, rest = name.partition(".")
    meant = did_you_mean(rest.rpartition(".")[2] or root, known) if known else None
    supply = {"record": f"give it with --field {rest}=...", "param": f"give it with --param {rest}=..."}.get(root)
    fallback = f"write {{{{ {name} | default('...') }}}}"
    if meant and meant.startswith("did you mean"):
        return meant
    return f"{supply}, or {fallback}" if supply and rest else fallback


class Safe(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def look_up(context: Context, path: tuple[str, ...]) -> Any:
    """Return the value at *path*. Raises MissingVariable at the first name that is not there."""
    value: Any = context
    for depth, name in enumerate(path):
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, date) and name in _DATE_PARTS and hasattr(value, name):
            value = getattr(value, name)
        else:
            known = tuple(map(str, value)) if isinstance(value, Mapping) else ()
            raise MissingVariable(".".join(path[: depth + 1]), known=known)
    return value


def as_text(value: Any, name: str = "value") -> str:
    """Return *value* as a note shows it. Raises MissingVariable for nothing."""
    if value is None:
        raise MissingVariable(name, empty=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return bounded(", ".join(as_text(item, name) for item in value))
    if isinstance(value, (int, float, Decimal, date)):
        return _number_or_date(value)
    raise EvaluationError(f"{name} is {_kind(value)}, which cannot be shown as text", hint="name one of its fields")


def _number_or_date(value: Any) -> str:
    try:
        return str(value)
    except ValueError as error:  # more digits than Python prints
        raise EvaluationError("a number has too many digits") from error


def escaped(text: str) -> str:
    """Return *text* for insertion into HTML, unless it is that already."""
    return text if isinstance(text, Safe) else html.escape(text, quote=False)


def bounded(text: str) -> str:
    """Return *text* if it is not too long. Raises EvaluationError."""
    check_length(len(text))
    return text


def check_length(characters: int) -> None:
    """Raise EvaluationError for a text of too many *characters*, if possible before it is made."""
    if characters > MAX_OUTPUT:
        raise EvaluationError(f"the text has more than {MAX_OUTPUT:,} characters", hint="shorten it with truncate")


def as_date(value: Any) -> date:
    """Return the date of a date, a datetime or an ISO text. Raises EvaluationError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError) as error:
        raise EvaluationError(f"'{value}' is not a date", hint="write it as '2026-12-24'") from error


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda item, items: item in items,
    "notin": lambda item, items: item not in items,
}


def compare(kind: str, left: Any, right: Any) -> bool:
    """Return how two values compare: a text that reads as a number or date compares as such with one.

    Raises EvaluationError for values that have no order.
    """
    if kind not in {"in", "notin"}:
        left, right = _alike(left, right), _alike(right, left)
    try:
        return bool(_COMPARISONS[kind](left, right))
    except TypeError as error:
        message = f"{_shown(left)} and {_shown(right)} cannot be compared"
        raise EvaluationError(message, hint="compare numbers with numbers and texts with texts") from error


def _alike(value: Any, other: Any) -> Any:
    """Return *value* as what *other* is, where its text allows."""
    if isinstance(value, datetime) and not isinstance(other, datetime) and isinstance(other, date):
        return value.date()
    if not isinstance(value, str):
        return value
    if isinstance(other, (int, float, Decimal)) and not isinstance(other, bool) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(other, date):
        return _moment(value, other)
    return value


def _moment(text: str, other: date) -> Any:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if not isinstance(other, datetime):
        return moment.date()
    return moment if moment.tzinfo else moment.replace(tzinfo=other.tzinfo)


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
}


def calculate(kind: str, left: Any, right: Any) -> Any:
    """Return the result of an operation on two numbers; nothing else can be added or multiplied."""
    a, b = _as_number(left), _as_number(right)
    try:
        return _OPERATIONS[kind](a, b)
    except (ArithmeticError, ValueError) as error:
        raise EvaluationError(f"cannot calculate with {_shown(left)} and {_shown(right)}: {error}") from error


def _as_number(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        return float(value) if "." in str(value) else int(value)
    raise EvaluationError(f"{_shown(value)} is not a number", hint="join texts with ~, as in first ~ ' ' ~ last")


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"'{str(value)[:40]}' ({_kind(value)})"


def _kind(value: Any) -> str:
    names = {str: "text", bool: "a truth value", int: "a number", float: "a number", Decimal: "a number"}
    if isinstance(value, Mapping):
        return "a mapping"
    return names.get(
        type(value),
        "a date" if isinstance(value, date) else "a list" if isinstance(value, (list, tuple)) else "no plain value",
    )

"""The values of a sequence's params: checked, made what their type says, defaults filled in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.model.sequence import ParamType
from cadence.planning.people import employee_named, role_named
from cadence.planning.problem import Problem, either

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cadence.model.people import Directory
    from cadence.model.sequence import Param, Sequence

__all__ = ["read_params", "unusable_params"]

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


def read_params(sequence: Sequence, given: Mapping[str, Any], *, directory: Directory) -> dict[str, Any]:
    """Return the params by name, in the order they are declared; one without a value is None.

    Dates and datetimes become ISO 8601 text, people and roles the reference they were given by, so that a plan can
    hold them. Raises Problem for the first that cannot be used.
    """
    for problem in unusable_params(sequence, given, directory=directory):
        raise problem
    return {param.name: _value(param, given, directory) for param in sequence.params}


def unusable_params(sequence: Sequence, given: Mapping[str, Any], *, directory: Directory) -> Iterator[Problem]:
    """Yield everything that is wrong with the params."""
    declared = [param.name for param in sequence.params]
    for name in sorted(set(given) - set(declared)):
        yield Problem("unknown-param", f"unknown param '{name}'", hint=_known(sequence, name, declared))
    for param in sequence.params:
        try:
            _value(param, given, directory)
        except Problem as problem:
            yield problem


def _known(sequence: Sequence, name: str, declared: list[str]) -> str:
    return did_you_mean(name, declared) or f"'{sequence.name}' declares no params"


def _value(param: Param, given: Mapping[str, Any], directory: Directory) -> Any:
    value = given.get(param.name)
    if value is None or value == "":
        value = param.default
    if value is None:
        if param.required:
            raise Problem(
                "missing-param",
                f"param '{param.name}' is required, expected {_article(param.type)}",
                hint=f"give it with --param {param.name}={_EXAMPLES[param.type]}",
            )
        return None
    return _choice(param, _READERS[param.type](param, value, directory))


def _choice(param: Param, value: Any) -> Any:
    if not param.choices or value in param.choices:
        return value
    options = [str(choice) for choice in param.choices]
    raise Problem(
        "bad-param",
        f"param '{param.name}' is '{value}', expected one of {', '.join(options)}",
        hint=did_you_mean(str(value), options),
    )


def _wrong(param: Param, value: Any) -> Problem:
    return Problem(
        "bad-param",
        f"param '{param.name}' is '{value}', expected {_article(param.type)}",
        hint=f"for example {_EXAMPLES[param.type]}",
    )


def _string(_param: Param, value: Any, _directory: Directory) -> str:
    return str(value)


def _number(param: Param, value: Any, _directory: Directory) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    for read in (int, float):
        try:
            number = read(str(value))
        except ValueError:
            continue
        if number == number and abs(number) != float("inf"):  # noqa: PLR0124 - not a number is not itself
            return number
    raise _wrong(param, value)


def _boolean(param: Param, value: Any, _directory: Directory) -> bool:
    word = str(value).strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _wrong(param, value)


def _date(param: Param, value: Any, _directory: Directory) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise _wrong(param, value) from None


def _datetime(param: Param, value: Any, _directory: Directory) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    try:
        return datetime.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise _wrong(param, value) from None


def _employee(param: Param, value: Any, directory: Directory) -> str:
    try:
        found = employee_named(directory, str(value))
    except Problem as problem:
        raise _nobody(param, problem) from None
    return found.id if directory.team else str(value)


def _role(param: Param, value: Any, directory: Directory) -> str:
    try:
        found = role_named(directory, str(value))
    except Problem as problem:
        raise _nobody(param, problem) from None
    return found.id if directory.roles else str(value)


def _nobody(param: Param, problem: Problem) -> Problem:
    way_out = f"give it with --param {param.name}=..."
    return Problem(problem.code, f"param '{param.name}': {problem.message}", hint=either(problem.hint, way_out))


_READERS: dict[ParamType, Callable[[Param, Any, Directory], Any]] = {
    ParamType.STRING: _string,
    ParamType.NUMBER: _number,
    ParamType.BOOLEAN: _boolean,
    ParamType.DATE: _date,
    ParamType.DATETIME: _datetime,
    ParamType.EMPLOYEE: _employee,
    ParamType.ROLE: _role,
}

_EXAMPLES = {
    ParamType.STRING: "text",
    ParamType.NUMBER: "20",
    ParamType.BOOLEAN: "true",
    ParamType.DATE: "2027-03-31",
    ParamType.DATETIME: "2027-03-31T09:00",
    ParamType.EMPLOYEE: "ada@example.com",
    ParamType.ROLE: "Sales",
}


def _article(kind: ParamType) -> str:
    return f"an {kind}" if kind is ParamType.EMPLOYEE else f"a {kind}"

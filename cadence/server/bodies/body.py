"""The base of all bodies, the kinds of values in them, and how what does not fit is said."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from cadence.errors import UnknownZone
from cadence.server.instant import read_instant
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Body", "DayOrInstant", "Instant", "LongText", "Query", "ShortText", "Uuid", "Word", "Zone", "checked"]

_Body = TypeVar("_Body", bound=BaseModel)


class Body(BaseModel):
    """A JSON object whose fields are all known."""

    # Built when first used: most runs meet a few of these bodies, and building all takes 30 ms.
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Query(BaseModel):
    """Parameters of a query string; those that are not known are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise PydanticCustomError("uuid", "Must be a valid UUID.") from None


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("datetime", "Must be a datetime as text, as in 2026-11-23T15:00:00Z.")
    try:
        return read_instant(value)
    except ValueError as error:
        raise PydanticCustomError(
            "datetime", "Datetime has wrong format: {problem}.", {"problem": str(error)}
        ) from None


def _day_or_instant(value: Any) -> Any:
    if isinstance(value, str) and len(value) == len("2026-11-23"):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return _instant(value)


def _zone(text: str) -> str:
    from cadence.timing.zones import zone  # noqa: PLC0415 - only where a body carries a zone

    try:
        zone(text)
    except UnknownZone:
        raise PydanticCustomError("timezone", "Must be an IANA time zone, as in America/New_York.") from None
    return text


Uuid = Annotated[
    str,
    StringConstraints(max_length=45),
    AfterValidator(_uuid),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
DayOrInstant = Annotated[
    datetime | date,
    BeforeValidator(_day_or_instant),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]},
    ),
]
Zone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    AfterValidator(_zone),
    WithJsonSchema({"$ref": "#/components/schemas/Zone"}),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=50)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=300)]
LongText = Annotated[str, StringConstraints(max_length=100_000)]


_MISSING = "This field is required."


def checked(model: type[_Body], payload: Any, *, missing: Any = _MISSING) -> _Body:
    """Return *payload* as *model*. Raises Problem with every field that does not fit, each with its messages.

    *missing* is said of a field that is.
    """
    if not isinstance(payload, dict):
        raise Problem(400, {"non_field_errors": ["The body must be a JSON object."]})
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        fields: dict[str, list[Any]] = {}
        for problem in error.errors(include_url=False, include_input=False):
            name, *inner = [str(part) for part in problem["loc"]] or ["non_field_errors"]
            place = f"{'.'.join(inner)}: " if inner else ""
            is_missing = problem["type"] == "missing" and not inner
            fields.setdefault(name, []).append(missing if is_missing else f"{place}{_words(problem)}")
        raise Problem(400, fields) from None


def _words(problem: ErrorDetails) -> str:
    match problem["type"]:
        case "missing":
            return _MISSING
        case "extra_forbidden":
            return "This field is not known."
        case _:
            message = problem["msg"]
            return message if message.endswith(".") else f"{message}."

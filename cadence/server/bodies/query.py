"""Query strings, brought into the form of a body and then checked as one."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Query, checked
from cadence.server.paging import LAST_PAGE, MOST_SIZE, Page
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import QueryParams

__all__ = ["FieldNames", "PageNumber", "PageSize", "Paged", "SearchText", "Searched", "from_query"]

_Model = TypeVar("_Model", bound=BaseModel)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def _whole(most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is not int or not 1 <= value <= most:
            raise PydanticCustomError("page", "Must be a whole number from 1 to {most}.", {"most": most})
        return value

    return check


PageNumber = Annotated[
    int,
    BeforeValidator(_whole(LAST_PAGE)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LAST_PAGE}),
]
PageSize = Annotated[
    int,
    BeforeValidator(_whole(MOST_SIZE)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_SIZE}),
]


SearchText = Annotated[str, StringConstraints(max_length=500)]
FieldName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Paging(Protocol):
    """Whatever says which page."""

    page: int | None
    page_size: int | None


class Paged(Query):
    """Which page of a list."""

    page: PageNumber | None = None
    page_size: PageSize | None = None

    def which(self, body: Paging | None = None) -> Page:
        """Return the page that is asked for, here or else in the *body*.

        The link to the next page has its number here, and the body that goes along is the one of the page before.
        """
        asked = body or self
        return Page.of(self.page or asked.page, self.page_size or asked.page_size)


class Searched(Paged):
    """Which page of what holds a text."""

    search: SearchText = ""


class FieldNames(Query):
    """Which fields of a record to show: names, separated by commas; all where none is named."""

    field_names: list[FieldName] = Field(default_factory=list, max_length=100)


def from_query(model: type[_Model], parameters: QueryParams) -> _Model:
    """Return the parameters as *model*. Raises Problem with all that do not fit."""
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        given = parameters.getlist(field.alias or name)
        if given == [""] and field.is_required():
            given = []
        if given:
            values[field.alias or name] = _value(_kind(field.annotation), given)
    for name, value in values.items():
        if any("\x00" in text for text in (value if isinstance(value, list) else [str(value)])):
            raise Problem(400, {name: ["This is not text."]})
    return checked(model, values, missing={"message": "This field is required.", "code": "required"})


def _value(kind: Any, given: list[str]) -> Any:
    """Return what a body would hold; what cannot be read stays text and is refused by its type."""
    text = given[-1]
    match kind:
        case _ if kind is list:
            return [part.strip() for several in given for part in several.split(",") if part.strip()]
        case _ if kind is bool:
            return _FLAGS.get(text.lower(), text)
        case _ if kind is int:
            return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PAGE)) else text
        case _:
            return text


def _kind(annotation: Any) -> Any:
    """Return the type itself of an optional or annotated one."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _kind(next(each for each in arguments if each is not NoneType))
    return _kind(arguments[0]) if origin is Annotated else origin or annotation

"""The bodies of activity types, objects, team, roles and business."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Body, LongText, ShortText, Uuid, Word, Zone
from cadence.server.bodies.query import Searched

__all__ = [
    "CreateEmployee", "CreateField", "CreateObject", "CreateRole", "CreateType", "Leave", "ListTypes", "PatchBusiness",
    "PatchEmployee", "PatchType",
]  # fmt: skip

Mode = Literal["all_objects_associated", "selected_objects_associated", "no_objects_associated"]
ApiName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ListTypes(Searched):
    """Which activity types: those that hold a text, and that allow records of an object."""

    custom_object_id: Uuid | None = None


class PatchType(Body):
    """Some fields of an activity type."""

    name: ShortText = ""
    description: LongText = ""
    association_mode: Mode = "all_objects_associated"
    custom_objects: list[Uuid] = Field(default_factory=list, max_length=200)
    submission_action: Literal["redirect", "trigger_webhook"] | None = None
    webhook_url: ShortText | None = None
    redirect_url: ShortText | None = None
    calendar_sync_duration: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class CreateType(PatchType):
    """A new activity type; `api_name` may be rewritten."""

    name: ShortText
    api_name: ApiName | None = None


class CreateObject(Body):
    """A new kind of record."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]
    display_name: ShortText | None = None


class CreateField(Body):
    """A new field of an object."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    display_name: ShortText | None = None
    field_type: Word = "text"


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("date", "Must be a date, as in 2026-12-24.") from None


Day = Annotated[date, BeforeValidator(_date)]


class Leave(Body):
    """Dates on which somebody is away, both ends included."""

    first: Day
    last: Day
    reason: Annotated[str, StringConstraints(max_length=300)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("leave", "The last day lies before the first.")
        return self


Seconds = Annotated[int, Field(ge=0, le=2 * 86_400)]
Interval = Annotated[list[Seconds], Field(min_length=2, max_length=2)]
Hours = Annotated[list[Annotated[list[Interval], Field(max_length=24)]], Field(min_length=7, max_length=7)]


class PatchEmployee(Body):
    """Some fields of an employee. `hours` are seconds since local midnight, seven days from Monday."""

    display_name: ShortText = ""
    first_name: Annotated[str, StringConstraints(max_length=300)] = ""
    last_name: Annotated[str, StringConstraints(max_length=300)] = ""
    email: Annotated[str, StringConstraints(max_length=300)] = ""
    timezone: Zone | None = None
    roles: list[ShortText] = Field(default_factory=list, max_length=100)
    hours: Hours | None = None
    leave: list[Leave] = Field(default_factory=list, max_length=1000)


class CreateEmployee(PatchEmployee):
    """A new employee; an administrator may choose the id."""

    id: Uuid | None = None
    display_name: ShortText


class CreateRole(Body):
    """A new role; an administrator may choose the id."""

    id: Uuid | None = None
    name: ShortText


class PatchBusiness(Body):
    """Some fields of the business."""

    name: ShortText = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = ""
    timezone: Zone | None = None

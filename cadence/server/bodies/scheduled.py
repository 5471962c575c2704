"""The bodies of scheduled activities."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Body, DayOrInstant, Instant, LongText, ShortText, Uuid, Word
from cadence.server.bodies.forms import ENTITY, REFERENCE
from cadence.server.bodies.query import PageNumber, PageSize, SearchText

__all__ = [
    "CreateScheduled",
    "Entity",
    "ListScheduled",
    "Notification",
    "Ordering",
    "PatchNote",
    "PatchScheduled",
    "SearchScheduled",
]

Ordering = Literal["due_datetime", "-due_datetime", "completed_at", "-completed_at"]


class Reference(Body):
    """Something named by its id or by its name."""

    id: Uuid | None = None
    name: ShortText | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.id is None) == (self.name is None):
            raise PydanticCustomError("reference", "Give either id or name.")
        return self


def _reference(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


AnyReference = Annotated[Reference, BeforeValidator(_reference), WithJsonSchema(REFERENCE)]


def _one_form(value: Any) -> Any:
    """Bring `custom_object_id` and `entity` to the names of the first form."""
    if not isinstance(value, dict):
        return value
    renamed = {"custom_object_id": "custom_object", "entity": "entity_id"}
    return {renamed.get(name, name) if renamed.get(name) not in value else name: inner for name, inner in value.items()}


class Entity(Body):
    """A record that an activity belongs to, in any of the three forms."""

    custom_object: AnyReference
    entity_id: AnyReference


class Notification(Body):
    """A reminder before the due."""

    type: Word
    time_amount: Annotated[int, Field(ge=0, le=1_000_000)]
    time_unit: Word


Entities = list[Annotated[Entity, BeforeValidator(_one_form), WithJsonSchema(ENTITY)]]


class PatchScheduled(Body):
    """Some fields of a scheduled activity; what is not given stays."""

    activity_object_id: Uuid | None = None
    activity_object_name: ShortText | None = None
    due_datetime: Instant = Field(default=None, validate_default=False)  # type: ignore[assignment]
    original_due_datetime: Instant | None = None
    employee_id: Uuid | None = None
    role_id: Uuid | None = None
    note: LongText | None = None
    mentions: list[Uuid] = Field(default_factory=list, max_length=200)
    notify_mentioned: bool = False
    notifications: list[Notification] = Field(default_factory=list, max_length=50)
    associated_entities: Entities = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _one_of_each_object(self) -> Self:
        named = [entity.custom_object.id or entity.custom_object.name for entity in self.associated_entities]
        if len(named) != len(set(named)):
            raise PydanticCustomError("entities", "At most one record of each object may be associated.")
        return self


class CreateScheduled(PatchScheduled):
    """A whole scheduled activity: of a create, and of a PUT."""

    due_datetime: Instant


class PatchNote(Body):
    """Only the note."""

    note: LongText


def _plus(value: Any) -> Any:
    """Put back the plus sign before an offset, which a query string takes for a space."""
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


SpacedDayOrInstant = Annotated[DayOrInstant, BeforeValidator(_plus)]


class SearchScheduled(Body):
    """The filters of a list, from a query string or a body; a date is the whole of that day."""

    search: LongText = ""
    from_date: DayOrInstant | None = None
    to_date: DayOrInstant | None = None
    employee_ids: list[Uuid] = Field(default_factory=list, max_length=500)
    role_ids: list[Uuid] = Field(default_factory=list, max_length=500)
    assigned_to_me: bool = False
    completed: bool | None = None
    activity_id: Uuid | None = None
    activity_name: ShortText | None = None
    ordering: Ordering = "due_datetime"
    page: PageNumber | None = None
    page_size: PageSize | None = None

    @model_validator(mode="after")
    def _one_way_to_name_the_type(self) -> Self:
        if self.activity_id is not None and self.activity_name is not None:
            raise PydanticCustomError("type", "Give activity_id or activity_name, not both.")
        return self


class ListScheduled(SearchScheduled):
    """The same filters in a query string, where parameters that are not known are passed over."""

    model_config = ConfigDict(extra="ignore")

    search: SearchText = ""
    from_date: SpacedDayOrInstant | None = None
    to_date: SpacedDayOrInstant | None = None

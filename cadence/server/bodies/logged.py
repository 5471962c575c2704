"""The bodies of logged activities."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Body, LongText, Uuid
from cadence.server.bodies.query import PageNumber, PageSize
from cadence.server.bodies.scheduled import Entities

__all__ = ["FieldValue", "LogActivity", "Responses"]


class FieldValue(Body):
    """A value of one of the type's fields."""

    id: Uuid
    value: Any = None


class LogActivity(Body):
    """Work that happened. `related_objects` must be there and may be empty."""

    related_objects: Annotated[Entities, Field(max_length=50)]
    notes: LongText | None = None
    scheduled_activity_id: Uuid | None = None
    mentions: list[Uuid] = Field(default_factory=list, max_length=200)
    fields: list[FieldValue] = Field(default_factory=list, max_length=200)

    @model_validator(mode="after")
    def _one_of_each_object(self) -> Self:
        named = [entity.custom_object.id or entity.custom_object.name for entity in self.related_objects]
        if len(named) != len(set(named)):
            raise PydanticCustomError("entities", "At most one record of each object may be related.")
        return self


class Responses(Body):
    """The filters of a type's logged activities; an empty body lists all."""

    search: LongText = ""
    page: PageNumber | None = None
    page_size: PageSize | None = None

"""The bodies of records."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Body, LongText, ShortText, Uuid
from cadence.server.bodies.forms import FIELD_SETTING
from cadence.server.bodies.query import FieldNames, Searched, SearchText

__all__ = [
    "AddRecord", "Condition", "FieldSetting", "ListRecords", "LookUp", "PatchRecord", "SearchRecords", "UpsertRecord",
]  # fmt: skip


class LookUp(FieldNames):
    """The email of a contact, the name of anything else."""

    identifier: ShortText


class ListRecords(Searched):
    """Which page of the records that hold a text, in which order."""

    ordering: Literal["created", "-created", "name", "-name"] = "created"


class FieldSetting(Body):
    """A value for a field, which is named or given by id."""

    id: Uuid | None = None
    name: ShortText | None = None
    value: Any = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.id is None) == (self.name is None):
            raise PydanticCustomError("field", "Give either id or name.")
        return self


Settings = list[Annotated[FieldSetting, WithJsonSchema(FIELD_SETTING)]]


class PatchRecord(Body):
    """Values for some fields; null clears one."""

    fields: Annotated[Settings, Field(max_length=1000)]


class AddRecord(PatchRecord):
    """A new record; an administrator may choose the id."""

    id: Uuid | None = None


class UpsertRecord(PatchRecord):
    """A record to create, or to update where one is found by its email (contacts) or name."""

    lookup_value: ShortText


class Condition(Body):
    """One comparison of a search."""

    field: ShortText
    condition: Literal["=", "!=", "contains"] = "="
    value: LongText | int | float | bool | None = None


class SearchRecords(Body):
    """Which records, and which of their fields. `and` says whether all conditions must hold, or any."""

    field_names: Annotated[list[ShortText], Field(max_length=1000)] | None = None
    query: list[Condition] = Field(default_factory=list, max_length=20)
    all_must_hold: bool = Field(default=True, alias="and")
    search: SearchText | None = None

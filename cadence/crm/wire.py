"""The CRM's answers as they are written, tolerant of fields that are not known here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from cadence.crm.scheduled import ScheduledActivity
from cadence.crm.unwrap import unwrap, zone_name
from cadence.model.people import ActivityType, Business, CrmObject, Employee, Leave, Record, Role

__all__ = [
    "ActivityTypeWire",
    "BusinessWire",
    "EmployeeWire",
    "ObjectWire",
    "RecordWire",
    "RoleWire",
    "ScheduledWire",
    "UpsertWire",
]


def _text(value: Any) -> Any:
    return "" if value is None else value


def _reference(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("no datetime in UTC holds it") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, BeforeValidator(_text)]
Reference = Annotated[str | None, BeforeValidator(_reference)]
Zone = Annotated[str | None, BeforeValidator(zone_name)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)


class _TypeReference(_Wire):
    id: Id
    name: Text = ""
    api_name: Text = ""


class _Entity(_Wire):
    custom_object: Reference = Field(default=None, validation_alias=AliasChoices("custom_object", "custom_object_id"))
    entity_id: Reference = Field(default=None, validation_alias=AliasChoices("entity_id", "entity"))


class ScheduledWire(_Wire):
    """A scheduled activity, in a list or by itself."""

    id: Id
    due_datetime: Instant
    activity_object: _TypeReference
    note: Text = ""
    original_due_datetime: Instant | None = None
    completed_at: Instant | None = None
    logged_activity_id: str | None = None
    employee: Reference = None
    role: Reference = None
    associated_entities: list[_Entity] = []

    def value(self) -> ScheduledActivity:
        """Return it as the rest of the program knows it."""
        return ScheduledActivity(
            id=self.id,
            due_at=self.due_datetime,
            activity=self.activity_object.api_name or self.activity_object.name,
            activity_object_id=self.activity_object.id,
            note=self.note,
            original_due_at=self.original_due_datetime,
            completed_at=self.completed_at,
            logged_activity_id=self.logged_activity_id,
            employee_id=self.employee,
            role_id=self.role,
            entities=tuple((e.custom_object or "", e.entity_id) for e in self.associated_entities if e.entity_id),
        )


class ActivityTypeWire(_Wire):
    """An activity object."""

    id: Id
    name: Text = ""
    api_name: Text = ""
    association_mode: Text = "all_objects_associated"
    custom_objects: list[Reference] | None = None

    def value(self) -> ActivityType:
        """Return it as the model knows it."""
        allowed = tuple(object_id for object_id in self.custom_objects or () if object_id)
        return ActivityType(self.id, self.name, self.api_name or self.name, self.association_mode, allowed)


class ObjectWire(_Wire):
    """A custom object."""

    id: Id
    name: Text = ""

    def value(self) -> CrmObject:
        """Return it as the model knows it."""
        return CrmObject(self.id, self.name)


class RoleWire(_Wire):
    """A role."""

    id: Id
    name: Text = ""

    def value(self) -> Role:
        """Return it as the model knows it."""
        return Role(self.id, self.name)


class BusinessWire(_Wire):
    """The account; its timezone is an object."""

    id: Id
    name: Text = ""
    country: Text = ""
    timezone: Zone = None

    def value(self) -> Business:
        """Return it as the model knows it."""
        return Business(self.id, self.name, self.country, self.timezone)


class _LeaveWire(_Wire):
    first: date
    last: date
    reason: Text = ""


class EmployeeWire(_Wire):
    """An employee. `hours` and `leave` are known to the embedded service only; hours are seconds, Monday first."""

    id: Id
    display_name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""
    timezone: Zone = None
    roles: list[Reference] | None = None
    hours: Annotated[list[list[tuple[int, int]]], Field(min_length=7, max_length=7)] | None = None
    leave: list[_LeaveWire] = []

    def value(self) -> Employee:
        """Return it as the model knows it, its roles by id."""
        return Employee(
            id=self.id,
            name=self.display_name or f"{self.first_name} {self.last_name}".strip() or self.email,
            email=self.email,
            timezone=self.timezone,
            roles=tuple(role for role in self.roles or () if role),
            hours=None if self.hours is None else tuple(tuple(day) for day in self.hours),
            leave=tuple(Leave(away.first, away.last, away.reason) for away in self.leave),
        )


class _FieldWire(_Wire):
    name: Text = ""
    field_type: Text = ""
    value: Any = None

    def plain(self) -> Any:
        value = unwrap(self.value)
        return zone_name(self.value) or value if self.field_type == "timezone" else value


class RecordWire(_Wire):
    """A record, whole or as a row of a search; its fields are keyed by id and named inside."""

    id: Id
    fields: dict[str, _FieldWire] = {}
    owner: Any = None

    def value(self, object_name: str) -> Record:
        """Return it as the model knows it: fields by name, unwrapped, those without a value left out."""
        known = {field.name or key: field.plain() for key, field in self.fields.items()}
        fields = {name: value for name, value in known.items() if value is not None}
        if self.owner is not None:
            fields.setdefault("owner", unwrap(self.owner))
        return Record(self.id, fields, object_name, _label(fields))


class UpsertWire(_Wire):
    """What an upsert did."""

    id: Id
    action: str = "updated"


def _label(fields: Mapping[str, Any]) -> str:
    full = " ".join(str(fields[key]) for key in ("first_name", "last_name") if fields.get(key))
    return str(fields.get("name") or fields.get("full_name") or full)

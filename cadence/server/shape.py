"""Rows as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.server.instant import instant_text
from cadence.server.store.keys import Scope
from cadence.server.store.types import notes_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence.server.store.keys import Caller
    from cadence.server.store.references import References

__all__ = [
    "audit_shape", "business_shape", "employee_shape", "field_shape", "logged_shape", "object_shape",
    "record_row_shape", "record_shape", "role_shape", "type_fields_shape", "type_shape",
]  # fmt: skip

Row = "Mapping[str, Any]"


def logged_shape(row: Mapping[str, Any], references: References) -> dict[str, Any]:
    """Return a logged activity."""
    return {
        "id": row["id"],
        "notes": row["notes"],
        "activity_object": type_reference(references.types[row["type_id"]]),
        "associated_entities": _entities(row["entities"], references),
        "logged_at": instant_text(row["logged_at"]),
        "logged_by": row["logged_by"],
        "completed_at": instant_text(row["logged_at"]),
        "completed_by": row["logged_by"],
        "scheduled_activity_id": row["scheduled_id"],
        "mentions": row["mentions"],
        "fields": row["fields"],
    }


def type_shape(row: Mapping[str, Any], submissions: int, *, whole: bool = False) -> dict[str, Any]:
    """Return an activity type, as in a list or *whole*."""
    shape = {
        "id": row["id"],
        "name": row["name"],
        "api_name": row["api_name"],
        "association_mode": row["association_mode"],
        "is_editable": True,
        "n_submissions": submissions,
        "created": instant_text(row["created_at"]),
        "deleted": row["deleted_at"] is not None,
    }
    if whole:
        names = (
            "description",
            "submission_action",
            "webhook_url",
            "redirect_url",
            "calendar_sync_duration",
            "custom_objects",
        )
        shape |= {name: row[name] for name in names}
    return shape


def type_fields_shape(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a type: each has its notes."""
    notes = {"id": notes_field(row["id"]), "name": "notes", "display_name": "Notes"}
    return [{**notes, "field_type": "longtext", "is_default": True, "is_required": False}]


def object_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a custom object."""
    return {
        "id": row["id"],
        "name": row["name"],
        "object_name": row["display_name"],
        "display_name": row["display_name"],
        "created": instant_text(row["created_at"]),
    }


def field_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field of an object."""
    return {name: row[name] for name in ("id", "name", "display_name", "field_type")}


def record_shape(
    row: Mapping[str, Any], kind: Mapping[str, Any], fields: Iterable[Mapping[str, Any]], caller: Caller
) -> dict[str, Any]:
    """Return a record whole, with its *fields*."""
    values = row["fields"]
    return {
        "id": row["id"],
        "object_type": kind["name"],
        "client_info": {"display_name": display_name(row), "email": row["lookup"]} if _is_contact(kind) else None,
        "access": _access(caller),
        "fields": {field["id"]: {**field_shape(field), "value": values.get(field["id"])} for field in fields},
    }


def record_row_shape(row: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a record as a row of a search."""
    values = row["fields"]
    return {
        "id": row["id"],
        "fields": {field["id"]: {"name": field["name"], "value": values.get(field["id"])} for field in fields},
    }


def display_name(row: Mapping[str, Any]) -> str:
    """Return what a person calls a record."""
    return str(row["display_name"] or row["lookup"] or row["id"])


def employee_shape(row: Mapping[str, Any], roles: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return an employee. Hours and leave are this service's own."""
    names = ("id", "display_name", "first_name", "last_name", "email", "timezone", "hours", "leave")
    return {**{name: row[name] for name in names}, "picture": None, "roles": [role_shape(role) for role in roles]}


def role_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a role."""
    return {"id": row["id"], "name": row["name"]}


def audit_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of the audit."""
    return {
        "id": row["id"],
        "at": instant_text(row["at"]),
        "key_id": row["key_id"] or None,
        "user_id": row["user_id"],
        "request_id": row["request_id"],
        "action": row["action"],
        "subject_id": row["subject_id"],
        "fields": row["fields"],
    }


def business_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the business; its timezone is an object with the identifier inside."""
    zone = row["timezone"]
    return {
        "id": row["id"],
        "name": row["name"],
        "country": row["country"],
        "timezone": None if zone is None else {"identifier": zone, "name": zone},
    }


def type_reference(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an activity type as what refers to it shows it."""
    names = ("id", "name", "api_name", "association_mode", "calendar_sync_duration")
    return {name: row[name] for name in names}


def employee_reference(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an employee as what refers to them shows them."""
    return {"id": row["id"], "display_name": row["display_name"], "email": row["email"], "picture": None}


def _entities(pairs: Iterable[tuple[str, str]], references: References) -> list[dict[str, Any]]:
    return [
        {
            "custom_object": object_id,
            "object_api_name": references.objects[object_id]["name"],
            "entity_id": record_id,
            "display_name": display_name(references.records[record_id]) if record_id in references.records else "",
        }
        for object_id, record_id in pairs
    ]


def _is_contact(kind: Mapping[str, Any]) -> bool:
    return bool(kind["name"] == "client_client")


def _access(caller: Caller) -> dict[str, bool]:
    may_write = caller.scope >= Scope.WRITE
    return {"view": True, "edit": may_write, "remove": may_write}

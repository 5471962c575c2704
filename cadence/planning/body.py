"""The literal requests: what a create posts, and what a change patches."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.model.people import Role, stable_id
from cadence.planning.fields import find_field, missing_field
from cadence.planning.people import employee_in, employee_named
from cadence.planning.problem import Problem

if TYPE_CHECKING:
    from cadence.model.people import ActivityType, Directory, Employee, Record
    from cadence.model.sequence import Step

__all__ = [
    "assignee_fields", "associations", "create_body", "kept_type", "mentioned", "note_with_marker", "type_fields",
]  # fmt: skip

_RECORD = "record."
_PARAM = "param."


def create_body(  # noqa: PLR0913 - what a request holds
    step: Step,
    record: Record,
    *,
    directory: Directory,
    params: Mapping[str, Any],
    due: str,
    who: Employee | Role | None,
    note: str,
) -> dict[str, Any]:
    """Return the body that schedules the activity; *due* is RFC 3339, *note* ends with the marker.

    Raises Problem for a type, a person or a record that is not known.
    """
    body: dict[str, Any] = {
        **type_fields(step, directory),
        "due_datetime": due,
        "original_due_datetime": due,
        **assignee_fields(who),
    }
    if note:
        body["note"] = note
    if step.mentions:
        body["mentions"] = mentioned(step, record, directory=directory, params=params)
        body["notify_mentioned"] = step.notify_mentioned
    if step.notify:
        body["notifications"] = [
            {"type": each.type, "time_amount": each.amount, "time_unit": each.unit} for each in step.notify
        ]
    body["associated_entities"] = associations(step, record, directory=directory)
    return body


def assignee_fields(who: Employee | Role | None) -> dict[str, str]:
    """Return the field that assigns an activity; none for nobody."""
    if who is None:
        return {}
    return {"role_id" if isinstance(who, Role) else "employee_id": who.id}


def note_with_marker(text: str, marker: str) -> str:
    """Return the note with the marker in its last line."""
    return "\n".join(part for part in (text.rstrip(), marker) if part)


def type_fields(step: Step, directory: Directory) -> dict[str, str]:
    """Return the field that names the activity's type. Raises Problem for one that the account does not have."""
    if not directory.activity_types:
        return {"activity_object_id" if _is_uuid(step.activity) else "activity_object_name": step.activity}
    known = _type_named(step.activity, directory)
    if known is not None:
        return {"activity_object_name": known.api_name}
    names = [known.api_name for known in directory.activity_types]
    hint = did_you_mean(step.activity, names) or "create it in the CRM, or use one of its types"
    raise Problem("unknown-activity", f"the account has no activity type '{step.activity}'", hint=hint)


def kept_type(body: Mapping[str, Any], step: Step, directory: Directory) -> str | None:
    """Return the type by which *body* was created where the step's is another one now, None where it is the same."""
    kept = str(body.get("activity_object_name") or body.get("activity_object_id") or step.activity)
    if kept.casefold() == step.activity.casefold():
        return None
    known = _type_named(kept, directory)
    return kept if known is None or known != _type_named(step.activity, directory) else None


def _type_named(reference: str, directory: Directory) -> ActivityType | None:
    folded = reference.casefold()
    for known in directory.activity_types:
        if folded in (known.id.casefold(), known.api_name.casefold(), known.name.casefold()):
            return known
    return None


def mentioned(step: Step, record: Record, *, directory: Directory, params: Mapping[str, Any]) -> list[str]:
    """Return the ids of those mentioned, each once. Raises Problem for somebody unknown."""
    found: dict[str, None] = {}
    for reference in step.mentions:
        if reference.startswith(_RECORD):
            value = find_field(record, reference.removeprefix(_RECORD))
            if value is None:
                name = reference.removeprefix(_RECORD)
                raise missing_field(record, name, expected="somebody to mention", example="ada@example.com")
            found[employee_in(directory, value).id] = None
        elif reference.startswith(_PARAM):
            found[employee_named(directory, str(params.get(reference.removeprefix(_PARAM)) or reference)).id] = None
        else:
            found[employee_named(directory, reference).id] = None
    return list(found)


def associations(step: Step, record: Record, *, directory: Directory) -> list[dict[str, str]]:
    """Return the enrolled record and those associated with it, at most one per object. Raises Problem for a second."""
    found = {_object_id(record.object, directory): record.entity_id}
    for name, reference in step.associate:
        object_id = _object_id(name, directory)
        if object_id in found:
            hint = "the CRM takes one record per object: associate another object"
            raise Problem("two-of-one-object", f"a second record of the object '{name}' is associated", hint=hint)
        found[object_id] = _associated(reference, name, record)
    return [{"custom_object": object_id, "entity_id": entity_id} for object_id, entity_id in found.items()]


def _associated(reference: str, object_name: str, record: Record) -> str:
    if not reference.startswith(_RECORD):
        return _entity_id(reference, object_name)
    name = reference.removeprefix(_RECORD)
    value = find_field(record, name)
    if isinstance(value, Mapping):
        value = value.get("id")
    if value is None:
        raise missing_field(record, name, expected=f"the id of a record of '{object_name}'", example="<record id>")
    return _entity_id(str(value), object_name)


def _entity_id(reference: str, object_name: str) -> str:
    return reference if _is_uuid(reference) else stable_id(f"record:{object_name}", reference)


def _object_id(name: str, directory: Directory) -> str:
    if _is_uuid(name):
        return name
    folded = name.casefold()
    known = next((each.id for each in directory.objects if each.name.casefold() == folded), None)
    return known or stable_id("object", name)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True

"""What the API answers, as JSON Schema: this and nothing else comes; a test holds every answer against it."""

from __future__ import annotations

from typing import Any

__all__ = ["ERRORS", "SHAPES", "page_schema", "reference_to"]

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_DATE: Schema = {"type": "string", "format": "date"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_URL: Schema = {"type": "string", "format": "uri"}
_ANYTHING: Schema = {}


def reference_to(name: str) -> Schema:
    """Return the reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_schema(shape: str) -> Schema:
    """Return a page of *shape*."""
    return _object(
        count=_COUNT,
        next=_or_null(_URL),
        previous=_or_null(_URL),
        results=_list(reference_to(shape)),
        errors={"type": "array", "maxItems": 0},
    )


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _by_id(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


_MODE: Schema = {
    "type": "string",
    "enum": ["all_objects_associated", "selected_objects_associated", "no_objects_associated"],
}
_ACCESS = _object(view=_FLAG, edit=_FLAG, remove=_FLAG)
_ENTITY = _object(custom_object=_UUID, object_api_name=_TEXT, entity_id=_UUID, display_name=_TEXT)
_TYPE_REFERENCE = _object(
    id=_UUID,
    name=_TEXT,
    api_name=_TEXT,
    association_mode=_MODE,
    calendar_sync_duration=_or_null({"type": "integer"}),
)
_EMPLOYEE_REFERENCE = _object(id=_UUID, display_name=_TEXT, email=_TEXT, picture={"type": "null"})
_ROLE = _object(id=_UUID, name=_TEXT)
_REMINDER = _object(type=_TEXT, time_amount={"type": "integer"}, time_unit=_TEXT)
_TYPE: Schema = {
    "id": _UUID,
    "name": _TEXT,
    "api_name": _TEXT,
    "association_mode": _MODE,
    "is_editable": _FLAG,
    "n_submissions": _COUNT,
    "created": _INSTANT,
    "deleted": _FLAG,
}
_FIELD = _object(id=_UUID, name=_TEXT, display_name=_TEXT, field_type=_TEXT)
_RECORD: Schema = {
    "id": _UUID,
    "object_type": _TEXT,
    "client_info": _or_null(_object(display_name=_TEXT, email=_TEXT)),
    "access": _ACCESS,
    "fields": _by_id(_object(id=_UUID, name=_TEXT, display_name=_TEXT, field_type=_TEXT, value=_ANYTHING)),
}
_SECONDS: Schema = {"type": "integer", "minimum": 0}
_WEBHOOK: Schema = {
    "id": _UUID,
    "activity_object": _or_null(_object(id=_UUID, name=_TEXT, api_name=_TEXT)),
    "of_activity_object": _FLAG,
    "url": _TEXT,
    "event": {"type": "string", "enum": ["activity.logged", "activity.completed"]},
    "enabled": _FLAG,
    "disabled_reason": _or_null(_TEXT),
    "created": _INSTANT,
}
_DELIVERY: Schema = {
    "id": _UUID,
    "webhook_id": _UUID,
    "event_id": _TEXT,
    "event": {"type": "string", "enum": ["activity.logged", "activity.completed"]},
    "state": {"type": "string", "enum": ["waiting", "held", "delivered", "failed"]},
    "next_attempt": _or_null(_INSTANT),
    "created": _INSTANT,
    "finished": _or_null(_INSTANT),
}
_ATTEMPT = _object(at=_INSTANT, number=_COUNT, status=_or_null({"type": "integer"}), duration_ms=_COUNT, error=_TEXT)

SHAPES: dict[str, Schema] = {
    "ScheduledActivity": _object(
        id=_UUID,
        note=_TEXT,
        due_datetime=_INSTANT,
        original_due_datetime=_INSTANT,
        completed_at=_or_null(_INSTANT),
        logged_activity_id=_or_null(_UUID),
        created=_INSTANT,
        activity_object=_TYPE_REFERENCE,
        employee=_or_null(_EMPLOYEE_REFERENCE),
        role=_or_null(_ROLE),
        mentions=_list(_UUID),
        notify_mentioned=_FLAG,
        associated_entities=_list(_ENTITY),
        notifications=_list(_REMINDER),
        access=_ACCESS,
    ),
    "LoggedActivity": _object(
        id=_UUID,
        notes=_TEXT,
        activity_object=_TYPE_REFERENCE,
        associated_entities=_list(_ENTITY),
        logged_at=_INSTANT,
        logged_by=_UUID,
        completed_at=_INSTANT,
        completed_by=_UUID,
        scheduled_activity_id=_or_null(_UUID),
        mentions=_list(_UUID),
        fields=_list(_object(id=_UUID, value=_ANYTHING)),
    ),
    "ActivityType": _object(**_TYPE),
    "ActivityTypeWhole": _object(
        **_TYPE,
        description=_TEXT,
        submission_action={"enum": ["redirect", "trigger_webhook", None]},
        webhook_url=_or_null(_TEXT),
        redirect_url=_or_null(_TEXT),
        calendar_sync_duration=_or_null({"type": "integer"}),
        custom_objects=_list(_UUID),
    ),
    "ActivityTypeField": _object(
        id=_UUID, name=_TEXT, display_name=_TEXT, field_type=_TEXT, is_default=_FLAG, is_required=_FLAG
    ),
    "Object": _object(id=_UUID, name=_TEXT, object_name=_TEXT, display_name=_TEXT, created=_INSTANT),
    "Field": _FIELD,
    "Record": _object(**_RECORD),
    "UpsertedRecord": _object(**_RECORD, action={"type": "string", "enum": ["created", "updated"]}),
    "RecordRow": _object(id=_UUID, fields=_by_id(_object(name=_TEXT, value=_ANYTHING))),
    "Employee": _object(
        id=_UUID,
        display_name=_TEXT,
        first_name=_TEXT,
        last_name=_TEXT,
        email=_TEXT,
        timezone=_or_null(_TEXT),
        hours=_or_null(_list(_list(_list(_SECONDS)))),
        leave=_list(_object(first=_DATE, last=_DATE, reason=_TEXT)),
        picture={"type": "null"},
        roles=_list(_ROLE),
    ),
    "Role": _ROLE,
    "Business": _object(id=_UUID, name=_TEXT, country=_TEXT, timezone=_or_null(_object(identifier=_TEXT, name=_TEXT))),
    "AuditEntry": _object(
        id=_UUID,
        at=_INSTANT,
        key_id=_or_null(_UUID),
        user_id=_UUID,
        request_id=_TEXT,
        action=_TEXT,
        subject_id=_UUID,
        fields=_list(_TEXT),
    ),
    "Webhook": _object(**_WEBHOOK),
    "NewWebhook": _object(**_WEBHOOK, secret=_TEXT),
    "WebhookSecret": _object(secret=_TEXT),
    "Delivery": _object(**_DELIVERY),
    "DeliveryWhole": _object(**_DELIVERY, payload={"type": "object"}, attempts=_list(_ATTEMPT)),
    "Problem": _object(detail=_TEXT, code=_TEXT),
    "FieldProblems": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [_TEXT, _object(message=_TEXT, code=_TEXT)]},
        },
    },
}

ERRORS = {
    400: "What came cannot be taken as it is; each field says why.",
    401: "A header is missing, or the three do not belong together.",
    403: "The key's scope is too small.",
    404: "Absent, or another business's.",
    408: "The body did not come in time.",
    409: "Somebody else changed the same thing at the same time.",
    413: "The body is too large.",
    429: "More requests than `service.rate` lets a key make; `Retry-After` says how long to wait.",
    500: "A fault of the service; its log has the request id.",
    501: "What makes calendars is not installed.",
    503: "The store is busy or does not answer; `Retry-After` says how long to wait.",
}
"""What each refusal means."""

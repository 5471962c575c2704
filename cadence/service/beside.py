"""What answers beside the calls of the API, as OpenAPI: for those who watch, for the CRM, and for calendar programs."""

from __future__ import annotations

from typing import Any

from cadence.server.access import HEADERS
from cadence.server.openapi.document import content_of, refusal
from cadence.server.payload import MOST_BYTES
from cadence.server.webhooks.event import EVENTS

__all__ = ["PATHS"]

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_ANYBODY: list[Schema] = [{}]
_ADMINISTRATOR: Schema = {name: ["admin"] if name == HEADERS[0] else [] for name in HEADERS}


def _shape(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _header(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def _call(
    identifier: str, summary: str, answers: Schema, *, refusals: tuple[int, ...] = (), security: list[Schema] = _ANYBODY
) -> Schema:
    return {
        "operationId": identifier,
        "summary": summary,
        "tags": ["beside the API"],
        "security": security,
        "parameters": [],
        "responses": {**answers, **{str(status): refusal(status) for status in refusals}},
    }


_READY = _shape(status=_TEXT, database=_TEXT)
_TAKEN = _shape(event_id=_TEXT, state={"const": "received"}, is_new={"type": "boolean"})
_EVENT: Schema = {
    "type": "object",
    "description": f"Its name is its `type` or its `event`; at most {MOST_BYTES} bytes.",
    "anyOf": [
        {"properties": {name: {"enum": list(EVENTS)}}, "required": [name]}
        for name in ("type", "event")
    ],
}  # fmt: skip

PATHS: Schema = {
    "/healthz": {
        "get": _call(
            "get_healthz",
            "Say that the process lives",
            {"200": content_of(_shape(status=_TEXT, service=_TEXT, version=_TEXT))},
        )
    },
    "/readyz": {
        "get": _call(
            "get_readyz",
            "Say whether the database answers",
            {"200": content_of(_READY), "503": content_of(_READY, 503)},
        )
    },
    "/metrics": {
        "get": _call(
            "get_metrics",
            "Count requests and writes, for this machine and for administrators",
            {"200": content_of(_TEXT, media_type="text/plain")},
            refusals=(401, 403, 503),
            security=[*_ANYBODY, _ADMINISTRATOR],
        )
    },
    "/hooks/crm": {
        "post": {
            **_call(
                "post_hooks_crm",
                "Take an event that the CRM signed; without `service.hook_secret` it is not there",
                {"200": content_of(_TAKEN)},
                refusals=(400, 401, 404, 408, 413, 500, 503),
            ),
            "parameters": [
                _header("webhook-id", "The id of the event; what was kept of it already is not kept again.",
                        {"type": "string", "pattern": "^[!-~]{1,200}$"}),
                _header("webhook-timestamp", "When it was sent, in seconds since 1970.",
                        {"type": "string", "pattern": "^[0-9]{1,11}$"}),
                _header("webhook-signature", "By Standard Webhooks, version 1.", {"type": "string", "minLength": 1}),
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _EVENT}}},
        }
    },
    "/calendar/{secret}.ics": {
        "parameters": [
            {"name": "secret", "in": "path", "required": True, "description": "What the page Calendars showed once.",
             "schema": {"type": "string", "minLength": 1}}
        ],
        "get": _call(
            "get_calendar",
            "Show somebody's tasks as a calendar",
            {"200": content_of(_TEXT, media_type="text/calendar")},
            refusals=(404, 501, 503),
        ),
    },
}  # fmt: skip
"""Each path with its methods."""

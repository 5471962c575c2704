"""What a webhook says of a logged activity: ids to read it by, nothing of what is in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence.server.instant import instant_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EVENTS", "event_content", "event_id"]

EVENTS = ("activity.logged", "activity.completed")
"""One thing by two names, since the CRM's own pages differ; the first is the usual one."""


def event_id(logged_id: str) -> str:
    """Return by what a receiver knows that it has been told before, whichever endpoint told it."""
    return f"msg_{logged_id}"


def event_content(event: str, logged: Mapping[str, Any], kind: Mapping[str, Any]) -> str:
    """Return the JSON that tells of the row *logged*, an activity of the type *kind*.

    Source: Standard Webhooks 1.0.0, section "Payload structure", as a thin payload.
    """
    at = instant_text(logged["logged_at"])
    told = {
        "type": event,
        "timestamp": at,
        "business_id": logged["business_id"],
        "data": {
            "id": logged["id"],
            "logged_activity_id": logged["id"],
            "scheduled_activity_id": logged["scheduled_id"],
            "activity_object": {name: kind[name] for name in ("id", "name", "api_name")},
            "business_id": logged["business_id"],
            "logged_at": at,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

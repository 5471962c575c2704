"""Webhooks and deliveries as the API shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence.server.instant import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["delivery_shape", "webhook_shape"]


def webhook_shape(row: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a webhook without its secret."""
    kind = types.get(row["type_id"] or "")
    return {
        "id": row["id"],
        "activity_object": kind and {name: kind[name] for name in ("id", "name", "api_name")},
        "of_activity_object": row["of_type"],
        "url": row["url"],
        "event": row["event"],
        "enabled": row["enabled"],
        "disabled_reason": row["disabled_reason"],
        "created": instant_text(row["created_at"]),
    }


def delivery_shape(row: Mapping[str, Any], attempts: Iterable[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Return a delivery; with its *attempts*, also what is sent."""
    shape = {
        "id": row["id"],
        "webhook_id": row["endpoint_id"],
        "event_id": row["event_id"],
        "event": row["event"],
        "state": row["state"],
        "next_attempt": instant_text(row["next_at"]) if row["state"] == "waiting" else None,
        "created": instant_text(row["created_at"]),
        "finished": instant_text(row["finished_at"]),
    }
    if attempts is None:
        return shape
    return {**shape, "payload": json.loads(row["content"]), "attempts": [_attempt(each) for each in attempts]}


def _attempt(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("number", "status", "duration_ms", "error")}
    return {"at": instant_text(row["at"]), **shown}

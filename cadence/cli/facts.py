"""Values as names and plain values, for JSON and CSV."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["facts_of"]


def facts_of(rows: Sequence[Any]) -> list[dict[str, object]]:
    """Return each dataclass in *rows* as a mapping; instants as RFC 3339 in UTC, dates as ISO 8601."""
    return [{part.name: _plain(getattr(row, part.name)) for part in fields(row)} for row in rows]


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value

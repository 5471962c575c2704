"""Values out of the wrappings in which the CRM hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["unwrap", "zone_name"]

_DEEPEST = 4
_ZONE_KEYS = ("identifier", "iana", "name", "value", "code", "id", "timezone")
_PERSON_KEYS = ("display_name", "email", "first_name", "last_name")


def unwrap(value: Any, depth: int = 0) -> Any:
    """Return the plain value: what `{value: ...}` holds, a choice's name, an employee's id; lists item by item."""
    if depth >= _DEEPEST:
        return value
    match value:
        case list():
            return [unwrap(item, depth + 1) for item in value]
        case {"value": inner}:
            return unwrap(inner, depth + 1)
        case {"id": str(person), **rest} if any(key in rest for key in _PERSON_KEYS):
            return person
        case {"id": _, "name": str(name)}:
            return name
        case _:
            return value


def zone_name(value: Any, depth: int = 0) -> str | None:
    """Return the IANA name in a timezone value, be it a string or an object with the identifier inside; or None."""
    if isinstance(value, str):
        return value if _looks_like_zone(value) else None
    if isinstance(value, Mapping) and depth < _DEEPEST:
        names = (zone_name(value[key], depth + 1) for key in _ZONE_KEYS if key in value)
        return next((name for name in names if name), None)
    return None


def _looks_like_zone(text: str) -> bool:
    # A label such as "Eastern Time (US & Canada)" stands beside the identifier in the same object.
    return text.upper() in ("UTC", "GMT") or ("/" in text and all(c.isalnum() or c in "/_+-" for c in text))

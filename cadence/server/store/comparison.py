"""Values of records compared as JSON compares them: a text is never a number, whatever it looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, and_, cast, func, literal, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from cadence.server.store.schema import records

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["Value", "contains", "equals"]

Value = str | float | bool | None


def contains(field_id: str, text: str) -> ColumnElement[bool]:
    """Return that the value of a field holds *text*, in any case."""
    found: ColumnElement[bool] = _stored(field_id).as_string().icontains(text, autoescape=True)
    return found


def equals(field_id: str, value: Value, *, dialect: str) -> ColumnElement[bool]:
    """Return that the value of a field is *value*; None is a field without one."""
    if value is None:
        missing: ColumnElement[bool] = _stored(field_id).as_string().is_(None)
        return missing
    return _on_postgres(field_id, value) if dialect == "postgresql" else _on_sqlite(field_id, value)


def _stored(field_id: str) -> Any:
    return type_coerce(records.c.fields, JSON)[field_id]


def _on_postgres(field_id: str, value: Value) -> ColumnElement[bool]:
    return cast(_stored(field_id), JSONB) == cast(literal(json.dumps(value)), JSONB)


def _on_sqlite(field_id: str, value: Value) -> ColumnElement[bool]:
    path = f'$."{field_id}"'
    kind = func.json_type(records.c.fields, path)
    if isinstance(value, bool):
        return kind == ("true" if value else "false")
    kinds = ("text",) if isinstance(value, str) else ("integer", "real")
    return and_(kind.in_(kinds), func.json_extract(records.c.fields, path) == value)

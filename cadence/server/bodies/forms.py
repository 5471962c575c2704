"""The forms that something may be written in, as JSON Schema, where pydantic's own says less than is checked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ENTITY", "FIELD_SETTING", "REFERENCE", "zone_names"]

Schema = dict[str, Any]

_UUID: Schema = {"type": "string", "format": "uuid"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 300}


def _of(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _any_of(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


REFERENCE = _any_of(_UUID, _of(id=_UUID), _of(name=_NAME))
ENTITY = _any_of(
    _of(custom_object=REFERENCE, entity_id=REFERENCE),
    _of(custom_object_id=REFERENCE, entity_id=REFERENCE),
    _of(custom_object=REFERENCE, entity=REFERENCE),
)
FIELD_SETTING = _any_of(_of(id=_UUID, value={}), _of(name=_NAME, value={}))


@cache
def zone_names() -> list[str]:
    """Return the names of all zones."""
    return files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()

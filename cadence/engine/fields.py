"""Fields as people and programs hand them over, made into a Record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cadence.errors import PlanError
from cadence.model.people import Record

__all__ = ["ad_hoc_record", "nested", "overridden", "record_of"]


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return *fields* with dotted names nested: `owner.email` becomes `{"owner": {"email": ...}}`.

    Raises PlanError where one name is both a value and a group.
    """
    if not any("." in name for name in fields):
        return dict(fields)
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        *groups, leaf = name.split(".")
        node = tree
        for group in groups:
            node = node.setdefault(group, {})
            if not isinstance(node, dict):
                raise _both(group, name)
        if isinstance(node.get(leaf), dict) and not isinstance(value, Mapping):
            raise _both(leaf, name)
        node[leaf] = value
    return tree


def overridden(record: Record, fields: Mapping[str, Any]) -> Record:
    """Return *record* with *fields* (dotted names nest) laid over its own."""
    return replace(record, fields=_merged(record.fields, nested(fields))) if fields else record


def ad_hoc_record(reference: str, fields: Mapping[str, Any], *, object_name: str) -> Record:
    """Return a record that no target knows, with just *fields*; a reference that is an email is its email."""
    known = nested(fields)
    if "@" in reference:
        known.setdefault("email", reference)
    return Record(reference, known, object_name, _name_in(known))


def record_of(value: Record | Mapping[str, Any], *, object_name: str) -> Record:
    """Return *value* as a Record: a mapping has `id`, and its fields beside it or under `fields`.

    Raises PlanError for a mapping without `id`.
    """
    if isinstance(value, Record):
        return value
    rest = dict(value)
    record_id = rest.pop("id", None)
    if record_id in (None, ""):
        raise PlanError("the record has no 'id'", hint="give the CRM's record id: {'id': ..., 'email': ...}")
    fields = rest.pop("fields") if isinstance(rest.get("fields"), Mapping) else rest
    known = nested({str(name): field for name, field in fields.items()})
    return Record(str(record_id), known, str(rest.get("object", object_name)), _name_in(known))


def _name_in(fields: Mapping[str, Any]) -> str:
    full = " ".join(str(fields[key]) for key in ("first_name", "last_name") if fields.get(key))
    return str(fields.get("name") or full)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


def _both(group: str, name: str) -> PlanError:
    return PlanError(
        f"field '{name}': '{group}' is given both a value and fields of its own", hint="keep one of the two"
    )

"""Values by their dotted names in a record's fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.planning.problem import Problem, either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.people import Record

__all__ = ["field_names", "find_field", "missing_field"]


def find_field(record: Record, name: str) -> Any:
    """Return the value of the field, None where the record has none or it is empty. `id` and `name` are fields too."""
    value: Any = record.fields
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return _own(record, name)
        value = value[part]
    return None if value == "" else value


def field_names(record: Record) -> list[str]:
    """Return the dotted names of all fields, sorted."""
    return sorted(_names(record.fields, ""))


def missing_field(record: Record, name: str, *, expected: str, example: str) -> Problem:
    """Return the problem of a field that is needed and not there, with the likely name and the way out."""
    names, give = field_names(record), f"give it with --field {name}={example}"
    if name in names:
        return Problem(
            "missing-field", f"the record '{record.label}' has nothing in '{name}', expected {expected}", hint=give
        )
    return Problem(
        "missing-field",
        f"the record '{record.label}' has no field '{name}', expected {expected}",
        hint=either(did_you_mean(name, names), give),
    )


def _own(record: Record, name: str) -> Any:
    if name in record.fields:
        return record.fields[name]
    return {"id": record.id, "name": record.name or None}.get(name)


def _names(fields: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _names(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"

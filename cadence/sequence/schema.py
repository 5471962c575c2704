"""The language as JSON Schema (draft 2020-12), so that editors complete and check the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cadence.sequence.compound import Struct

__all__ = ["KINDS", "NOT_IN_SCHEMA", "json_schema"]

KINDS = ("sequence", "calendar", "team", "golden")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# The errors that no schema can express: what a name refers to, what a text means beyond its form, how YAML was written.
NOT_IN_SCHEMA = frozenset({
    # how the file was written
    "ambiguous-value", "duplicate-key", "empty-file", "file-too-large", "not-a-mapping", "not-utf8", "yaml-alias",
    "yaml-documents", "yaml-key", "yaml-merge", "yaml-syntax", "yaml-tag", "yaml-too-deep",
    # what a text of the right form means
    "bad-expression", "bad-gap", "bad-rrule", "empty-interval", "empty-slot", "endless-repeat",
    "expression-forbidden", "expression-too-long", "no-such-date", "notify-unit", "offset-out-of-range",
    "reversed-dates", "unknown-filter", "unknown-function", "unknown-zone", "wrong-weekday",
    # what only shows when keys are seen together
    "anchor-cycle", "at-with-exact", "bad-default", "calendar-file-name", "calendar-never-opens", "day-named-twice",
    "duplicate-case", "duplicate-id", "duplicate-person", "moved-from-conflict", "no-calendar", "no-weight",
    "timeout-without-completion", "unadjusted-needs-any", "unknown-param", "unknown-role", "unknown-step",
    "unknown-variant", "window-never-open", "wrong-param-type",
    # what lies outside the file
    "damaged-lock", "no-such-file", "not-a-file", "unknown-activity", "unknown-calendar", "unknown-field",
    "unknown-file-kind", "unknown-object", "unknown-region", "unreadable", "unusable-calendar",
})  # fmt: skip


def json_schema(kind: str = "sequence") -> dict[str, Any]:
    """Return the JSON Schema of a kind of file: sequence, calendar, team or golden. Raises KeyError for another.

    It accepts all that the check accepts, and rejects all that the check finds wrong but the codes of NOT_IN_SCHEMA.
    """
    definitions: dict[str, Any] = {}
    shape = _shape(kind)
    reference = shape.schema(definitions)
    root = definitions.pop(shape.name)
    title = {"$schema": _DIALECT, "title": f"Cadence {kind}", "description": f"A {kind} file of Cadence"}
    if _mentions(definitions, reference["$ref"]):
        definitions[shape.name] = root
        return {**title, **reference, "$defs": definitions}
    return {**title, **root, **({"$defs": definitions} if definitions else {})}


def _mentions(definitions: Any, reference: str) -> bool:
    children = definitions.values() if isinstance(definitions, dict) else definitions
    if not isinstance(definitions, (dict, list)):
        return bool(definitions == reference)
    return any(_mentions(child, reference) for child in children)


def _shape(kind: str) -> Struct:
    from importlib import import_module  # noqa: PLC0415 - one kind needs only its own language

    homes = {"sequence": "language", "calendar": "calendar_language", "team": "team", "golden": "golden"}
    shape: Struct = getattr(import_module(f"cadence.sequence.{homes[kind]}"), kind.upper())
    return shape

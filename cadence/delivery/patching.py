"""What a change of an entry does to its body."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cadence.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.entry import Entry

__all__ = ["CREATE_ONLY", "bare", "difference", "due_of", "emptied", "patchable", "patched", "without_note"]

CREATE_ONLY = frozenset({"activity_object_id", "activity_object_name", "original_due_datetime"})
_EMPTY: Mapping[str, Any] = MappingProxyType(
    {"mentions": [], "notifications": [], "notify_mentioned": False, "associated_entities": []}
)


def patched(entry: Entry) -> Entry:
    """Return *entry* with its patch taken into its body, and nothing pending; what the patch takes away is left out."""
    if not entry.patch and entry.pending is None and entry.not_before is None:
        return entry
    body = {name: value for name, value in {**entry.body, **entry.patch}.items() if value is not None}
    return replace(entry, body=body, due_at=due_of(body) or entry.due_at, pending=None, patch={}, not_before=None)


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that turn *old* into *new*; None for one that *new* no longer has."""
    names = sorted({*old, *new})
    return {name: new.get(name) for name in names if old.get(name) != new.get(name)}


def patchable(patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return *patch* without the fields that are said at creation alone: the first due stays what it was."""
    return {name: value for name, value in patch.items() if name not in CREATE_ONLY}


def emptied(patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return *patch* as a CRM takes it: a list that is to have nothing in it is empty, where one value is null."""
    return {name: _EMPTY.get(name) if value is None else value for name, value in patch.items()}


def without_note(entry: Entry) -> Entry:
    """Return *entry* without the note's text: once the CRM has it, the ledger keeps no copy."""
    if "note" not in entry.body:
        return entry
    return replace(entry, body=bare(entry.body))


def bare(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return *body* without its note."""
    return {name: value for name, value in body.items() if name != "note"}


def due_of(body: Mapping[str, Any]) -> datetime | None:
    """Return the instant in a body's `due_datetime`, None where it has none."""
    text = body.get("due_datetime")
    return datetime.fromisoformat(text) if text else None

"""The digest of a sequence's meaning: two files that differ only in comments, layout or spelling have the same."""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from cadence.model.plan import canonical_json
from cadence.timing.calendar import BusinessCalendar

if TYPE_CHECKING:
    from cadence.model.sequence import Sequence

__all__ = ["digest"]

# Where something stands, how it was spelled and what follows from the rest do not belong to the meaning.
_WITHOUT = frozenset({"place", "path", "digest", "text", "names", "lock"})


def digest(sequence: Sequence) -> str:
    """Return the SHA-256 in hex."""
    return hashlib.sha256(canonical_json(_canonical(sequence)).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_canonical(item) for item in value]
    if isinstance(value, (str, int, float)) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    content = {
        field.name: _canonical(getattr(value, field.name))
        for field in fields(value)
        if field.name not in _WITHOUT and not _is_default(value, field)
    }
    if isinstance(value, BusinessCalendar):
        content["holidays"] = _locked(value)
    return content


def _is_default(value: Any, field: Any) -> bool:
    """Whether the field says nothing, so that a field added later leaves old digests alone."""
    given = getattr(value, field.name)
    if field.default is not MISSING:
        return bool(given == field.default)
    return field.default_factory is not MISSING and given == field.default_factory()


def _locked(calendar: BusinessCalendar) -> dict[str, dict[str, str]]:
    """Return the frozen holidays of the calendar's regions: they are part of when things are due."""
    if calendar.lock is None:
        return {}
    return {
        region: {str(on): name for on, name in calendar.lock.regions[region].items()}
        for region in calendar.regions
        if region in calendar.lock.regions
    }

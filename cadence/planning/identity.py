"""Names that stay the same however often a plan is made: keys, markers and stable hashes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from cadence.model.people import Record, TargetIdentity

__all__ = ["enrollment_key", "entry_key", "marker", "markers_in", "stable_number", "unused_key"]

_NO_TARGET = "no target"
_SEPARATOR = "\x00"
_KEY_LENGTH = 32
_MARKER_LENGTH = 12
_IN_BASE_32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""The letter for each byte, by its low five bits: twelve of them hold 60 bits. Source: RFC 4648, section 6."""
_MARKER = re.compile(rf"\[cadence [a-z2-7]{{{_MARKER_LENGTH}}}\]")


def enrollment_key(target: TargetIdentity | None, sequence: str, *, record: Record, number: int) -> str:
    """Return the key of the enrollment: 32 hex digits over account, sequence, record and number."""
    account = (target.base_url, target.business_id) if target else (_NO_TARGET, "")
    return _digest(*account, sequence, record.object, record.entity_id, str(number)).hex()[:_KEY_LENGTH]


def entry_key(enrollment: str, step: str, occurrence: int) -> str:
    """Return the key of one activity: 32 hex digits over its enrollment, step and occurrence."""
    return _digest(enrollment, step, str(occurrence)).hex()[:_KEY_LENGTH]


def unused_key(enrollment: str, step: str, occurrence: int, *, used: Container[str]) -> str:
    """Return the key of an activity whose own may be taken, by a step that had its name before it was renamed."""
    while (key := entry_key(enrollment, step, occurrence)) in used:
        step += "'"  # no step id holds an apostrophe
    return key


def marker(key: str) -> str:
    """Return the text by which the activity with that entry key is recognised in the CRM: `[cadence 7f3k9a2b1c4d]`."""
    return f"[cadence {_digest(key)[:_MARKER_LENGTH].translate(_IN_BASE_32).decode()}]"


def markers_in(note: str) -> list[str]:
    """Return the markers in a note: whose activity it is."""
    found: list[str] = _MARKER.findall(note)
    return found


def stable_number(*words: str) -> int:
    """Return a number below 2**64 that depends on *words* alone, on every machine and in every run."""
    return int.from_bytes(_digest(*words)[:8], "big")


def _digest(*words: str) -> bytes:
    return hashlib.sha256(_SEPARATOR.join(words).encode()).digest()

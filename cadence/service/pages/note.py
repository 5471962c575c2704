"""Notes as people read them."""

from __future__ import annotations

__all__ = ["has_marker", "without_marker"]

_MARKER = "[cadence "


def has_marker(note: str) -> bool:
    """Return whether the last line is the marker by which Cadence finds the activity again."""
    return note.rstrip().rpartition("\n")[2].lstrip().startswith(_MARKER)


def without_marker(note: str) -> str:
    """Return the note without that line."""
    return (note.rstrip().rpartition("\n")[0] if has_marker(note) else note).strip()

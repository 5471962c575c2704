"""What a probe saw, judged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from cadence.delivery.event import Absent, Found, Unclear

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cadence.model.entry import Entry

__all__ = ["SeenActivity", "activity_type", "due_window", "is_candidate", "judge"]

_NEAR = timedelta(days=1)
_FAR = timedelta(days=400)
_FRESH = timedelta(hours=1)


class SeenActivity(Protocol):
    """A scheduled activity as the CRM lists it. `due_at` is an aware UTC instant."""

    @property
    def id(self) -> str:
        """Return the CRM's id."""
        ...

    @property
    def note(self) -> str | None:
        """Return the note, with the marker where it is one of ours."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """Return when it is due."""
        ...


def activity_type(entry: Entry) -> str:
    """Return the activity type that the entry's body names: its api_name, or its id."""
    return str(entry.body.get("activity_object_name") or entry.body.get("activity_object_id") or entry.activity)


def due_window(entry: Entry, now: datetime) -> tuple[datetime, datetime]:
    """Return the dues between which to look, both ends included.

    A day around the due is enough while the doubt is fresh. After an hour a person may have moved the activity, so the
    window is then wide.
    """
    fresh = entry.sent_at is not None and now - entry.sent_at < _FRESH
    margin = _NEAR if fresh else _FAR
    return entry.due_at - margin, entry.due_at + margin


def is_candidate(entry: Entry, seen: SeenActivity) -> bool:
    """Return whether *seen* may be the entry's activity: by its marker, or without one by due and note."""
    if entry.marker:
        return entry.marker in (seen.note or "")
    return seen.due_at == entry.due_at and (seen.note or "") == (entry.body.get("note") or "")


def judge(entry: Entry, candidates: Iterable[SeenActivity], *, at: datetime) -> Found | Absent | Unclear:
    """Return what the probe at *at* proved.

    Without a marker a likeness proves nothing, so a person has to say; the same where several carry the marker.
    """
    ids = sorted({seen.id for seen in candidates})
    if not ids:
        return Absent(at)
    if entry.marker and len(ids) == 1:
        return Found(ids[0])
    alike = "with its marker" if entry.marker else "like it, and no marker tells whose they are"
    return Unclear(f"found in the CRM {alike}: {', '.join(ids)}")

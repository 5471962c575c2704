"""What a database complains of while it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import OperationalError

__all__ = ["unavailability"]

_LOCKED = ("55P03", "40P01")
_BUSY = ("The store is busy; try again.", "busy")
_AWAY = ("The store does not answer; try again.", "unavailable")


def unavailability(error: OperationalError) -> tuple[str, str] | None:
    """Return why it may go better later, as a detail and its code; None where it will not."""
    sqlstate = getattr(error.orig, "sqlstate", "") or ""
    if sqlstate in _LOCKED or "locked" in str(error.orig):
        return _BUSY
    if error.connection_invalidated or sqlstate[:2] in ("08", "57") or _is_postgres(error):
        return _AWAY
    return None


def _is_postgres(error: OperationalError) -> bool:
    """Return whether the connection was lost before the server could say why."""
    return type(error.orig).__module__.startswith("psycopg") and not getattr(error.orig, "sqlstate", None)

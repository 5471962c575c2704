"""The filters of the audit."""

from __future__ import annotations

from cadence.server.bodies.body import Uuid
from cadence.server.bodies.query import Paged

__all__ = ["ListAudit"]


class ListAudit(Paged):
    """Whose writes, or of what."""

    subject_id: Uuid | None = None
    user_id: Uuid | None = None

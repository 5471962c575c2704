"""The audit: the call that reads it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.server.bodies.audit import ListAudit
from cadence.server.operation import Operation, Operations, a_page_of
from cadence.server.shape import audit_shape
from cadence.server.store import audit
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from starlette.responses import Response

    from cadence.server.call import Call

__all__ = ["PATHS"]


async def _list(call: Call[ListAudit, None]) -> Response:
    page = call.query.which()
    find = partial(
        audit.find,
        business_id=call.business_id,
        subject_id=call.query.subject_id,
        user_id=call.query.user_id,
        page=page,
    )
    rows, count = await call.read(find)
    return call.paged([audit_shape(row) for row in rows], count, page)


PATHS: dict[str, Operations] = {
    "/api/audit": {
        "GET": Operation(
            "List who wrote what, newest first", Scope.ADMIN, _list, a_page_of("AuditEntry"), query=ListAudit
        ),
    },
}

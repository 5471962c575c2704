"""Webhook deliveries as a page, for those who may configure webhooks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence.server.paging import MOST_SIZE, Page
from cadence.server.store import deliveries, endpoints
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.lookup import SIZE, page_number

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.service.pages.doing import Doings
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES"]

_HERE = "/ledger/deliveries"


async def _show(visit: Visit) -> Response:
    state, number = visit.asked("state"), page_number(visit)
    chosen = state if state in deliveries.STATES else None
    find = partial(
        deliveries.find, business_id=visit.business_id, endpoint_id=None, state=chosen, page=Page(number, SIZE)
    )
    rows, count = await visit.read(find)
    urls = await visit.read(lambda connection: _urls(connection, visit.business_id))
    tried = await visit.read(partial(deliveries.last_attempts, ids=[row["id"] for row in rows]))
    return visit.page(
        "ledger/deliveries.html",
        rows=rows,
        count=count,
        urls=urls,
        tried=tried,
        states=deliveries.STATES,
        chosen=chosen or "",
        number=number,
        size=SIZE,
    )


def _urls(connection: Connection, business_id: str) -> dict[str, str]:
    """Return where each webhook goes, by its id."""
    found, _ = endpoints.find(connection, business_id, Page(1, MOST_SIZE))
    return {row["id"]: row["url"] for row in found}


async def _again(visit: Visit) -> Response:
    work = partial(deliveries.redeliver, business_id=visit.business_id, delivery_id=visit.id_in_path(), now=visit.now)
    await visit.write(work, subject=lambda _: visit.id_in_path())
    return visit.elsewhere(_HERE)


PAGES: dict[str, Doings] = {
    _HERE: {"GET": Doing(Scope.ADMIN, _show)},
    f"{_HERE}/{{id}}/again": {"POST": Doing(Scope.ADMIN, _again)},
}

"""Webhooks and their deliveries: the calls."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from cadence.server.access import confirm
from cadence.server.bodies.query import Paged
from cadence.server.bodies.webhooks import CreateWebhook, ListDeliveries, PatchWebhook
from cadence.server.call import Call, answer
from cadence.server.operation import Operation, Operations, a_page_of, made, nothing, one
from cadence.server.problem import Problem
from cadence.server.store import deliveries, endpoints
from cadence.server.store.keys import Scope
from cadence.server.webhooks.reach import Unreachable
from cadence.server.webhooks.shape import delivery_shape, webhook_shape

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cadence.server.bodies.body import Query

__all__ = ["PATHS", "check_url"]

_ID = itemgetter("id")


async def check_url(call: Call[Any, Any], field: str, url: str | None) -> None:
    """Raise Problem where nothing may be sent to *url*; None is nowhere."""
    if url is None:
        return
    await confirm(call.caller, call.store)  # a revoked key has nobody's name looked up
    try:
        await call.reach.check(url)
    except Unreachable as reason:
        raise Problem.invalid(field, f"Nothing can be sent there: {reason}.", "unreachable") from None


async def _list(call: Call[Paged, None]) -> Response:
    page = call.query.which()

    def work(connection: Connection) -> tuple[list[dict[str, Any]], int]:
        rows, count = endpoints.find(connection, call.business_id, page)
        types = endpoints.types_of(connection, rows)
        return [webhook_shape(row, types) for row in rows], count

    rows, count = await call.read(work)
    return call.paged(rows, count, page)


async def _create(call: Call[Query, CreateWebhook]) -> Response:
    await check_url(call, "url", call.body.url)

    def work(connection: Connection) -> dict[str, Any]:
        row = endpoints.create(connection, call.business_id, call.body, endpoint_id=call.new_id(), now=call.now)
        return {**_shown(connection, row), "secret": row["secret"]}

    return answer(await call.write(work, subject=_ID), 201)


async def _get(call: Call[Query, None]) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        return _shown(connection, endpoints.load(connection, call.business_id, call.id_in_path()))

    return answer(await call.read(work))


async def _patch(call: Call[Query, PatchWebhook]) -> Response:
    if "url" in call.given:
        await check_url(call, "url", call.body.url)

    def work(connection: Connection) -> dict[str, Any]:
        given, now = call.given, call.now
        row = endpoints.change(connection, call.business_id, call.id_in_path(), call.body, given=given, now=now)
        return _shown(connection, row)

    return answer(await call.write(work, subject=_ID))


async def _delete(call: Call[Query, None]) -> Response:
    work = partial(endpoints.remove, business_id=call.business_id, endpoint_id=call.id_in_path())
    await call.write(work, subject=_ID)
    return Response(status_code=204)


async def _secret(call: Call[Query, None]) -> Response:
    load = partial(endpoints.load, business_id=call.business_id, endpoint_id=call.id_in_path())
    return answer({"secret": (await call.read(load))["secret"]})


async def _deliveries(call: Call[ListDeliveries, None]) -> Response:
    asked, page = call.query, call.query.which()
    find = partial(
        deliveries.find, business_id=call.business_id, endpoint_id=asked.webhook_id, state=asked.state, page=page
    )
    rows, count = await call.read(find)
    return call.paged([delivery_shape(row) for row in rows], count, page)


async def _delivery(call: Call[Query, None]) -> Response:
    load = partial(deliveries.load, business_id=call.business_id, delivery_id=call.id_in_path())
    row, attempts = await call.read(load)
    return answer(delivery_shape(row, attempts))


async def _redeliver(call: Call[Query, None]) -> Response:
    work = partial(deliveries.redeliver, business_id=call.business_id, delivery_id=call.id_in_path(), now=call.now)
    return answer(delivery_shape(await call.write(work, subject=_ID)))


def _shown(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    return webhook_shape(row, endpoints.types_of(connection, [row]))


_WEBHOOK, _DELIVERY = "Webhook", "Delivery"
PATHS: dict[str, Operations] = {
    "/api/webhooks": {
        "GET": Operation("List webhooks", Scope.ADMIN, _list, a_page_of(_WEBHOOK), query=Paged),
        "POST": Operation("Add a webhook", Scope.ADMIN, _create, made("NewWebhook"), body=CreateWebhook),
    },
    "/api/webhooks/deliveries": {
        "GET": Operation(
            "List deliveries, newest first", Scope.ADMIN, _deliveries, a_page_of(_DELIVERY), query=ListDeliveries
        ),
    },
    "/api/webhooks/deliveries/{id}": {
        "GET": Operation("Get a delivery with its attempts", Scope.ADMIN, _delivery, one("DeliveryWhole")),
    },
    "/api/webhooks/deliveries/{id}/redeliver": {
        "POST": Operation("Send a delivery again", Scope.ADMIN, _redeliver, one(_DELIVERY)),
    },
    "/api/webhooks/{id}": {
        "GET": Operation("Get a webhook", Scope.ADMIN, _get, one(_WEBHOOK)),
        "PATCH": Operation("Change a webhook", Scope.ADMIN, _patch, one(_WEBHOOK), body=PatchWebhook),
        "DELETE": Operation("Delete a webhook and its deliveries", Scope.ADMIN, _delete, nothing()),
    },
    "/api/webhooks/{id}/secret": {
        "GET": Operation("Get what a webhook is signed with", Scope.ADMIN, _secret, one("WebhookSecret")),
    },
}

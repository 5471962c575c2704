"""Where webhooks go, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, insert, select, update

from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store.deliveries import hold, release
from cadence.server.store.listing import By, count_of, read_page
from cadence.server.store.resolve import find_type
from cadence.server.store.schema import activity_types, endpoints
from cadence.server.webhooks.signature import new_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.bodies.webhooks import CreateWebhook, PatchWebhook
    from cadence.server.paging import Page

__all__ = ["change", "create", "disable", "find", "follow_type", "load", "remove", "types_of"]

_TABLE = endpoints
_BY_HAND = "disabled by hand"
_TAKEN_AWAY = "the activity type has no webhook_url any more"
Row = dict[str, Any]


def find(connection: Connection, business_id: str, page: Page) -> tuple[list[Row], int]:
    """Return one page of a business's endpoints, oldest first, and how many there are."""
    own = _TABLE.c.business_id == business_id
    count = count_of(connection, _TABLE, own)
    return read_page(connection, _TABLE, own, [By(_TABLE.c.id)], page, count=count), count


def load(connection: Connection, business_id: str, endpoint_id: str) -> Row:
    """Return one endpoint. Raises Problem."""
    row = connection.execute(select(_TABLE).where(_own(business_id, endpoint_id))).mappings().first()
    if row is None:
        raise Problem.not_found()
    return dict(row)


def create(connection: Connection, business_id: str, body: CreateWebhook, *, endpoint_id: str, now: datetime) -> Row:
    """Add an endpoint and return it. Raises Problem for a type that does not exist."""
    row = {
        "id": endpoint_id,
        "business_id": business_id,
        "type_id": _type_id(connection, business_id, body),
        "of_type": False,
        "url": body.url,
        "secret": body.secret or new_secret(),
        "event": body.event,
        "enabled": body.enabled,
        "disabled_reason": None if body.enabled else _BY_HAND,
        "created_at": micros(now),
    }
    connection.execute(insert(_TABLE).values(row))
    return row


def change(
    connection: Connection,
    business_id: str,
    endpoint_id: str,
    body: PatchWebhook,
    *,
    given: Collection[str],
    now: datetime,
) -> Row:
    """Change the *given* fields and return the endpoint. What waited for one that is enabled again goes now."""
    load(connection, business_id, endpoint_id)
    values = body.model_dump(include=set(given) - {"enabled"})
    if values:
        connection.execute(update(_TABLE).where(_TABLE.c.id == endpoint_id).values(values))
    if "enabled" in given:
        _switch(connection, endpoint_id, enabled=body.enabled, reason=_BY_HAND, now=now)
    return load(connection, business_id, endpoint_id)


def remove(connection: Connection, business_id: str, endpoint_id: str) -> Row:
    """Delete an endpoint with its deliveries, and return what it was. Raises Problem."""
    row = load(connection, business_id, endpoint_id)
    connection.execute(delete(_TABLE).where(_TABLE.c.id == endpoint_id))
    return row


def disable(connection: Connection, endpoint_id: str, *, reason: str, now: datetime) -> str | None:
    """Send nothing more there and return the business, None where it was disabled already.

    What waits is held until the endpoint is enabled again.
    """
    if not _switch(connection, endpoint_id, enabled=False, reason=reason, now=now):
        return None
    return str(connection.execute(select(_TABLE.c.business_id).where(_TABLE.c.id == endpoint_id)).scalar_one())


def follow_type(connection: Connection, kind: Mapping[str, Any], *, endpoint_id: str, now: datetime) -> None:
    """Bring the endpoint that is a type's `webhook_url` in line with it; a new one gets *endpoint_id*."""
    wanted = kind["webhook_url"] if kind["submission_action"] != "redirect" else None
    row = connection.execute(_OF_TYPE, {"business": kind["business_id"], "type": kind["id"]}).mappings().first()
    if row is None:
        if wanted:
            connection.execute(insert(_TABLE).values(_of_type(kind, endpoint_id, now)))
        return
    if wanted == row["url"] and row["enabled"]:
        return
    if wanted:
        connection.execute(update(_TABLE).where(_TABLE.c.id == row["id"]).values(url=wanted))
    _switch(connection, row["id"], enabled=bool(wanted), reason=_TAKEN_AWAY, now=now)


def types_of(connection: Connection, rows: Collection[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the types of endpoints of one business, by id."""
    wanted = {row["type_id"] for row in rows} - {None}
    if not wanted:
        return {}
    business_id = next(iter(rows))["business_id"]
    own = and_(activity_types.c.business_id == business_id, activity_types.c.id.in_(wanted))
    return {row["id"]: dict(row) for row in connection.execute(select(activity_types).where(own)).mappings()}


def _switch(connection: Connection, endpoint_id: str, *, enabled: bool, reason: str, now: datetime) -> bool:
    values = {"enabled": enabled, "disabled_reason": None if enabled else reason}
    changed = connection.execute(
        update(_TABLE).where(_TABLE.c.id == endpoint_id, _TABLE.c.enabled.is_not(enabled)).values(values)
    )
    if changed.rowcount and enabled:
        release(connection, endpoint_id, now=now)
    elif changed.rowcount:
        hold(connection, endpoint_id)
    return changed.rowcount > 0


def _of_type(kind: Mapping[str, Any], endpoint_id: str, now: datetime) -> Row:
    return {
        "id": endpoint_id,
        "business_id": kind["business_id"],
        "type_id": kind["id"],
        "of_type": True,
        "url": kind["webhook_url"],
        "secret": new_secret(),
        "event": "activity.logged",
        "enabled": True,
        "disabled_reason": None,
        "created_at": micros(now),
    }


def _type_id(connection: Connection, business_id: str, body: CreateWebhook) -> str | None:
    """Return the type that *body* names by id or by name, None where it names none. Raises Problem."""
    field = "activity_object_name" if body.activity_object_id is None else "activity_object_id"
    reference = getattr(body, field)
    if reference is None:
        return None
    kind = find_type(connection, business_id, reference)
    if kind is None:
        raise Problem.does_not_exist(field, "Activity object", reference)
    return str(kind["id"])


def _own(business_id: str, endpoint_id: str) -> Any:
    return and_(_TABLE.c.business_id == business_id, _TABLE.c.id == endpoint_id)


_OF_TYPE = select(_TABLE).where(
    _TABLE.c.business_id == bindparam("business"), _TABLE.c.type_id == bindparam("type"), _TABLE.c.of_type.is_(True)
)

"""Webhooks received: what the CRM tells is verified, kept once, and only then acknowledged."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.routing import Route

from cadence.errors import ConfigError
from cadence.server.call import answer
from cadence.server.payload import parse_payload, read_body
from cadence.server.problem import Problem
from cadence.server.store.inbox import Arrival, keep
from cadence.server.webhooks.event import EVENTS
from cadence.server.webhooks.signature import TOLERANCE, is_signed, key_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from cadence.clock import Clock
    from cadence.server.store.store import Store

__all__ = ["PATH", "hook_route"]

PATH = "/hooks/crm"
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_ID = re.compile(r"[!-~]{1,200}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


def hook_route(store: Store, *, clock: Clock, secret: str) -> Route:
    """Return where the CRM tells what was logged, signed with *secret*; several, apart by spaces, all hold.

    Without one it is not there. Raises ConfigError for a secret that is none.
    """
    return Route(PATH, _Hook(store, clock, tuple(_key(part) for part in secret.split())))


def _key(secret: str) -> bytes:
    try:
        return key_of(secret)
    except ValueError as error:
        raise ConfigError(
            f"service.hook_secret cannot be used: {error}", hint="take the secret that the CRM shows for its webhook"
        ) from None


class _Hook:
    """What answers there. Nothing is read of an event before its signature holds."""

    def __init__(self, store: Store, clock: Clock, keys: tuple[bytes, ...]) -> None:
        self._store = store
        self._clock = clock
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["template"] = PATH
        request = Request(scope, receive)
        if not self._keys:
            raise Problem.not_found()
        if request.method != "POST":
            raise Problem.not_allowed(request.method, ["POST"])
        arrival = await self._arrival(request)
        is_new = await self._store.write(partial(keep, arrival=arrival))
        told = {"event_id": arrival.event_id, "state": "received", "is_new": is_new}
        await answer(told)(scope, receive, send)

    async def _arrival(self, request: Request) -> Arrival:
        """Return the event that came. Raises Problem."""
        now = self._clock.now()
        event_id, sent_at = _stamp(request, now)
        content = await read_body(request)
        timestamp, signature = (request.headers[name] for name in _HEADERS[1:])
        if not is_signed(self._keys, signature, event_id, timestamp, content):
            raise Problem.detail(401, "The signature is not valid.", "bad_signature")
        event = _event(parse_payload(content))
        return Arrival(event_id, event, content.decode(), sent_at, now)


def _stamp(request: Request, now: datetime) -> tuple[str, datetime]:
    """Return the event's id and when it was sent. Raises Problem."""
    missing = [name for name in _HEADERS if not request.headers.get(name)]
    if missing:
        raise Problem.detail(400, f"The header {missing[0]} is missing.", "missing_header")
    event_id, timestamp = (request.headers[name] for name in _HEADERS[:2])
    if not _ID.fullmatch(event_id):
        raise Problem.detail(400, "webhook-id must be 1 to 200 plain characters.", "bad_header")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Problem.detail(400, "webhook-timestamp must be seconds since 1970.", "bad_header")
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - sent_at) > TOLERANCE:
        raise Problem.detail(401, "The timestamp is more than 5 minutes away from now.", "stale_timestamp")
    return event_id, sent_at


def _event(payload: Any) -> str:
    """Return the event's name, which senders write as `type` or as `event`. Raises Problem."""
    if not isinstance(payload, dict):
        raise Problem(400, {"non_field_errors": ["The body must be a JSON object."]})
    name = payload.get("type", payload.get("event"))
    if name not in EVENTS:
        known = " and ".join(f"'{event}'" for event in EVENTS)
        raise Problem.invalid("type", f"The event {json.dumps(name)[:60]} is not known; {known} are.", "unknown_event")
    return str(name)

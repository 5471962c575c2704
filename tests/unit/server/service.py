"""The service in process with two businesses, and a way to call it that shows the raw answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from cadence.model.people import stable_id
from cadence.server.app import build_app
from cadence.server.local import open_local
from cadence.server.seed import add_business
from cadence.server.store.keys import Caller, IssuedKey, Scope
from tests.unit.server.described import assert_described

if TYPE_CHECKING:
    from cadence.clock import Clock

CONTACTS = stable_id("object", "client_client")
CALL = stable_id("activity", "call")
OTHER_BUSINESS = "0199aaaa-0000-7000-8000-000000000002"
OTHER_USER = "0199aaaa-0000-7000-8000-00000000000a"
NOBODY = "00000000-0000-4000-8000-00000000dead"
SCHEDULED = "/api/activities/scheduled-activity"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Service:
    def __init__(self, url: str, clock: Clock) -> None:
        self.store, self.admin = open_local(url, now=clock.now())
        self.store.write_now(lambda c: add_business(c, OTHER_BUSINESS, name="Other", now=clock.now()))
        self.app = build_app(self.store, clock=clock)
        self.other = self.store.keys.mint(Caller(OTHER_BUSINESS, OTHER_USER, Scope.ADMIN))

    def key(self, scope: Scope) -> IssuedKey:
        return self.store.keys.mint(Caller(self.admin.business_id, self.admin.user_id, scope))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: IssuedKey | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Answered:
        """Send one request with the administrator's key, unless another or other *headers* are given.

        Whatever is answered must be what the description of the API says.
        """
        sent = headers_of(key or self.admin) if headers is None else headers
        raw = json.dumps(body).encode() if content is None and body is not None else content
        answered = asyncio.run(self._send(method, path, raw, sent, query))
        assert_described(method, path, answered.status, answered.content)
        return answered

    async def _send(
        self, method: str, path: str, raw: bytes | None, headers: dict[str, str], query: dict[str, str] | None
    ) -> Answered:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            response = await client.request(method, path, content=raw, headers=headers, params=query)
        return Answered(response.status_code, response.headers, response.content)

    def contact(self, email: str = "ana@example.com", **fields: Any) -> str:
        settings = [{"name": name, "value": value} for name, value in {"email": email, **fields}.items()]
        return str(self.call("POST", "/api/records/client_client/add", {"fields": settings}).json["id"])

    def employee(self, name: str = "Bo Berg", **fields: Any) -> str:
        return str(self.call("POST", "/api/team", {"display_name": name, **fields}).json["id"])

    def scheduled(self, due: str = "2026-11-23T15:00:00Z", **fields: Any) -> dict[str, Any]:
        body = {"activity_object_name": "call", "due_datetime": due, **fields}
        answered = self.call("POST", SCHEDULED, body)
        assert answered.status == 201, answered.content
        shape: dict[str, Any] = answered.json
        return shape


def headers_of(key: IssuedKey) -> dict[str, str]:
    return {"X-API-KEY": key.api_key, "X-BUSINESS-ID": key.business_id, "X-USER-ID": key.user_id}


def entity(record_id: str, object_id: str = CONTACTS) -> dict[str, str]:
    return {"custom_object": object_id, "entity_id": record_id}


__all__ = ["CALL", "CONTACTS", "NOBODY", "OTHER_BUSINESS", "SCHEDULED", "Answered", "Service", "entity", "headers_of"]

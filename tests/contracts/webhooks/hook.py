"""The way in of a service, and one who tells it something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import select

from cadence.config import ServiceSettings, Settings
from cadence.server.store.schema import inbox
from cadence.server.webhooks.signature import key_of, sign
from cadence.service.application import build_service
from tests.contracts.webhooks.office import SECRET, Office

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EVENT", "HOOK", "Hook"]

EVENT = b'{"type":"activity.logged","data":{"id":"0199aaaa-0000-7000-8000-000000000002"}}'
HOOK = "/hooks/crm"


class Hook:
    """The way in, of a service with *secret* in its settings."""

    def __init__(self, office: Office, folder: Path, secret: str = SECRET) -> None:
        self.office = office
        settings = Settings(root=folder, service=ServiceSettings(hook_secret=secret))
        self.app = build_service(office.store, clock=office.clock, settings=settings)

    def headers(
        self, content: bytes, event_id: str = "msg_1", *, late_s: int = 0, secret: str = SECRET
    ) -> dict[str, str]:
        at = int(self.office.clock.now().timestamp()) - late_s
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(key_of(secret), event_id, at, content),
        }

    def tell(self, content: bytes = EVENT, *, headers: dict[str, str] | None = None, times: int = 1, **how: Any) -> Any:
        sent = self.headers(content, **how) if headers is None else headers
        return asyncio.run(self._tell(content, sent, times))[0]

    def tell_at_once(self, times: int) -> list[httpx.Response]:
        return asyncio.run(self._tell(EVENT, self.headers(EVENT), times))

    async def _tell(self, content: bytes, headers: dict[str, str], times: int) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            calls = [client.post(HOOK, content=content, headers=headers) for _ in range(times)]
            return list(await asyncio.gather(*calls))

    def kept(self) -> list[dict[str, Any]]:
        query = select(inbox).order_by(inbox.c.event_id)
        return self.office.store.read_now(lambda c: [dict(row) for row in c.execute(query).mappings()])

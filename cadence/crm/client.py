"""The CRM client."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from cadence.crm.account import AccountCalls
from cadence.crm.activities import ActivityCalls
from cadence.crm.asgi_transport import AsgiTransport
from cadence.crm.link import Link
from cadence.crm.records import RecordCalls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from cadence.crm.credentials import Credentials
    from cadence.crm.transport import Transport

__all__ = ["CrmClient", "connect"]

_CONNECTIONS = 100


class CrmClient(ActivityCalls, RecordCalls, AccountCalls):
    """Everything Cadence asks of a CRM, over one transport. `target` is what messages call the account."""

    def __init__(
        self,
        transport: Transport,
        *,
        target: str = "the CRM",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._link = Link(transport, target=target, sleep=sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._link.transport.aclose()


def connect(
    credentials: Credentials,
    *,
    now: Callable[[], datetime],
    timeout_s: float = 30.0,
    app: Any = None,
    connections: int | None = None,
) -> CrmClient:
    """Return a client; nothing is sent yet.

    *now* dates a Retry-After. *timeout_s* bounds each request as a whole. *app*, an ASGI application, is called in
    process in place of the base URL. *connections* is said for a bulk run, which keeps that many busy: it goes over
    aiohttp where the extra `bulk` is installed.
    """
    if app is not None:
        return CrmClient(AsgiTransport(credentials, app, now=now, timeout_s=timeout_s), target=credentials.target)
    transport = _transport(bulk=connections is not None)
    opened = transport(credentials, now=now, timeout_s=timeout_s, connections=connections or _CONNECTIONS)
    return CrmClient(opened, target=credentials.target)


def _transport(*, bulk: bool) -> Callable[..., Transport]:
    """Return the class of transport; either takes more than 100 ms to import."""
    if bulk and find_spec("aiohttp"):
        from cadence.crm.aiohttp_transport import AiohttpTransport  # noqa: PLC0415 - only where it is used

        return AiohttpTransport
    from cadence.crm.httpx_transport import HttpxTransport  # noqa: PLC0415 - only where it is used

    return HttpxTransport

"""Every way to send a request over a network: the transports, with TLS and without, and clients handed over."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import httpx
import uvloop

from cadence.crm.aiohttp_transport import AiohttpTransport
from cadence.crm.callable_transport import CallableTransport
from cadence.crm.client import CrmClient
from cadence.crm.credentials import Credentials
from cadence.crm.httpx_transport import HttpxTransport
from cadence.errors import NotConnected
from tests.contracts.crm.authority import server_context
from tests.contracts.crm.faulty import faulty_crm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from ssl import SSLContext

    from cadence.crm.transport import Transport
    from cadence.delivery.answer import Answer
    from tests.contracts.crm.faulty import Fault, FaultyCrm

__all__ = ["BODY", "ID", "KEY", "NOW", "TIMEOUT_S", "WAYS", "Way"]

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
KEY = "k-3f8a91c2"
ID = "0199aaaa-0000-7000-8000-000000000001"
TIMEOUT_S = 1.0
BODY = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": "x" * 200}


@dataclass(frozen=True)
class Way:
    """`sees_the_wire`: it knows whether a connection was made, and the status of an answer that breaks off."""

    name: str
    open: Callable[[Credentials], AbstractAsyncContextManager[Transport]]
    run: Callable[..., Any] = asyncio.run
    sees_the_wire: bool = True
    keeps_connections: bool = True
    tls: SSLContext | None = None

    @asynccontextmanager
    async def client(self, base_url: str) -> AsyncIterator[CrmClient]:
        async with self.open(Credentials(base_url, KEY, "b-1", "u-1")) as transport, CrmClient(transport) as client:
            yield client

    def created(self, fault: Fault) -> tuple[Answer, FaultyCrm]:
        """Return what a create amounts to against *fault*, and what the CRM saw."""
        answers, crm = self.called(fault, lambda client: client.create_activity(BODY))
        return answers[0], crm

    def called(self, fault: Fault, *calls: Callable[[CrmClient], Awaitable[Answer]]) -> tuple[list[Answer], FaultyCrm]:
        """Return what came of the calls, one after another with a moment between them, and what the CRM saw."""

        async def call() -> tuple[list[Answer], FaultyCrm]:
            answers = []
            async with faulty_crm(fault, tls=self.tls) as crm, self.client(crm.base_url) as client:
                for each in calls:
                    answers.append(await each(client))
                    await asyncio.sleep(0.05)
                return answers, crm

        result: tuple[list[Answer], FaultyCrm] = self.run(call())
        return result


@asynccontextmanager
async def _httpx(credentials: Credentials) -> AsyncIterator[Transport]:
    yield HttpxTransport(credentials, now=lambda: NOW, timeout_s=TIMEOUT_S)


@asynccontextmanager
async def _aiohttp(credentials: Credentials) -> AsyncIterator[Transport]:
    yield AiohttpTransport(credentials, now=lambda: NOW, timeout_s=TIMEOUT_S)


def _handed_over(client: Callable[..., Any]) -> Transport:
    return CallableTransport(client, now=lambda: NOW, timeout_s=TIMEOUT_S, secret=KEY)


@asynccontextmanager
async def _httpx_handed_over(credentials: Credentials) -> AsyncIterator[Transport]:
    with httpx.Client(base_url=credentials.base_url, headers=credentials.headers, trust_env=False) as client:

        def call(method: str, path: str, **body: Any) -> httpx.Response:
            with _told_when_not_connected():
                return client.request(method, path, **body)

        yield _handed_over(call)


@asynccontextmanager
async def _async_httpx_handed_over(credentials: Credentials) -> AsyncIterator[Transport]:
    async with httpx.AsyncClient(base_url=credentials.base_url, headers=credentials.headers, trust_env=False) as client:

        async def call(method: str, path: str, **body: Any) -> httpx.Response:
            with _told_when_not_connected():
                return await client.request(method, path, **body)

        yield _handed_over(call)


@contextmanager
def _told_when_not_connected() -> Iterator[None]:
    try:
        yield
    except httpx.ConnectError as error:
        raise NotConnected(str(error)) from error


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@asynccontextmanager
async def _urllib_handed_over(credentials: Credentials) -> AsyncIterator[Transport]:
    opener = build_opener(ProxyHandler({}), _NoRedirects)
    headers = {**credentials.headers, "Content-Type": "application/json"}

    def call(method: str, path: str, **body: Any) -> dict[str, Any]:
        content = json.dumps(body["json"]).encode() if body else None
        request = Request(credentials.base_url + path, content, headers, method=method)  # noqa: S310 - loopback
        try:
            with opener.open(request, timeout=5) as response:
                return {"status": response.status, "headers": response.headers, "body": response.read()}
        except HTTPError as error:
            with error:
                return {"status": error.code, "headers": error.headers, "body": error.read()}
        except URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                raise NotConnected(str(error.reason)) from error
            raise

    yield _handed_over(call)


WAYS = (
    Way("httpx", _httpx),
    Way("aiohttp", _aiohttp),
    Way("aiohttp on uvloop", _aiohttp, run=uvloop.run),
    Way("httpx over TLS", _httpx, tls=server_context("127.0.0.1")),
    Way("aiohttp over TLS", _aiohttp, tls=server_context("127.0.0.1")),
    Way("aiohttp on uvloop over TLS", _aiohttp, run=uvloop.run, tls=server_context("127.0.0.1")),
    Way("httpx handed over", _httpx_handed_over, sees_the_wire=False),
    Way("async httpx handed over", _async_httpx_handed_over, sees_the_wire=False),
    Way("urllib handed over", _urllib_handed_over, sees_the_wire=False, keeps_connections=False),
)

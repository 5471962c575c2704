"""The transport on httpx: for single records, and everything that is not hot."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx

from cadence.crm.reply import to_reply, too_long
from cadence.crm.route import certificates, proxy_of, through
from cadence.crm.transport import CONNECT_S, KEEPALIVE_S, MAX_ANSWER, TOO_LATE, Outcome, always
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import ConfigError
from cadence.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cadence.crm.credentials import Credentials

__all__ = ["HttpxTransport"]

_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class HttpxTransport:
    """Sends on a pool of at most *connections*."""

    def __init__(
        self, credentials: Credentials, *, now: Callable[[], datetime], timeout_s: float = 30.0, connections: int = 100
    ) -> None:
        self._key = credentials.api_key
        self._now = now
        self._timeout_s = timeout_s
        proxy = proxy_of(credentials)
        self._way = through(proxy)
        self._client = _client(credentials, proxy, timeout_s=timeout_s, connections=connections)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        limit: int = MAX_ANSWER,
        may_go: Callable[[], bool] = always,
    ) -> Outcome:
        """Send one request and return what became of it."""
        exchange = _Exchange(limit, may_go)
        request = self._client.build_request(
            method,
            path,
            params=query,
            content=None if body is None else json.dumps(body).encode(),
            headers=None if body is None else {"Content-Type": "application/json"},
            extensions={"trace": exchange.trace, "timeout": self._client.timeout.as_dict()},
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                await exchange.run(self._client, request)
        except _TooLate:
            return NotSent(TOO_LATE)
        except TimeoutError:
            exchange.fail(f"no answer within {self._timeout_s:g} s", before_connecting=exchange.connecting)
        except _NEVER_CONNECTED as error:
            exchange.fail(_reason(error) + self._way, before_connecting=True)
        except (httpx.HTTPError, httpx.StreamError) as error:
            exchange.fail(_reason(error))
        return exchange.outcome(self._key, self._now())

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


class _TooLate(Exception):  # noqa: N818 - it never leaves this file
    """Keeps a request from going out on the connection that it just got."""


class _Exchange:
    """One request on its way, so that however it ends, it is known how far it came."""

    def __init__(self, limit: int, may_go: Callable[[], bool]) -> None:
        self.connecting = False
        self._may_go = may_go
        self._limit = limit
        self._sending = False
        self._failure: str | None = None
        self._before_connecting = False
        self._response: httpx.Response | None = None
        self._body = bytearray()

    async def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Note from httpcore's events when a connection is being made, and when the first byte is about to leave."""
        self.connecting = self.connecting or event.endswith("connect_tcp.started")
        if event.endswith("send_request_headers.started") and details["request"].method != b"CONNECT":
            if not self._may_go():
                raise _TooLate
            self._sending = True

    async def run(self, client: httpx.AsyncClient, request: httpx.Request) -> None:
        response = await client.send(request, stream=True)
        self._response = response
        try:
            await self._read(response)
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> None:
        async for chunk in response.aiter_raw():
            self._body += chunk
            if len(self._body) > self._limit:
                self.fail(too_long(self._limit))
                return

    def fail(self, reason: str, *, before_connecting: bool = False) -> None:
        self._failure = reason
        self._before_connecting = before_connecting

    def outcome(self, secret: str, now: datetime) -> Outcome:
        if self._response is None:
            reason = self._failure or "no answer"
            # The exception class alone is not believed: nothing may have begun to leave either.
            return NotSent(reason) if self._before_connecting and not self._sending else InDoubt(reason)
        body = bytes(self._body[: self._limit])
        headers = self._response.headers
        return to_reply(self._response.status_code, headers, body, now=now, secret=secret, broken=self._failure)


def _client(credentials: Credentials, proxy: str | None, *, timeout_s: float, connections: int) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            base_url=credentials.base_url,
            headers={**credentials.headers, "Accept-Encoding": "identity", "User-Agent": f"cadence/{__version__}"},
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
            limits=httpx.Limits(
                max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEPALIVE_S
            ),
            verify=certificates(credentials),
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
        )
    except httpx.InvalidURL as error:
        raise ConfigError(
            f"{credentials.target}: base_url cannot be read ({error})", hint="write it as https://HOST"
        ) from None


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    return f"{kind}: {error}" if str(error) else kind

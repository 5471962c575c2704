"""The transport on aiohttp: for bulk runs, at several times the rate of httpx (the extra `bulk`)."""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from cadence.crm.reply import to_reply, too_long
from cadence.crm.route import certificates, proxy_of, through
from cadence.crm.transport import CONNECT_S, KEEPALIVE_S, MAX_ANSWER, TOO_LATE, Outcome, always
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import ConfigError
from cadence.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.connector import Connection

    from cadence.crm.credentials import Credentials

__all__ = ["AiohttpTransport"]


class AiohttpTransport:
    """Sends on a pool of at most *connections*, opened with the first request and in its event loop."""

    def __init__(
        self, credentials: Credentials, *, now: Callable[[], datetime], timeout_s: float = 30.0, connections: int = 100
    ) -> None:
        _check(credentials)
        self._base_url = credentials.base_url
        self._headers = {
            **credentials.headers, "Accept-Encoding": "identity", "User-Agent": f"cadence/{__version__}"
        }  # fmt: skip
        self._key = credentials.api_key
        self._now = now
        self._timeout_s = timeout_s
        self._connections = connections
        self._proxy = proxy_of(credentials)
        self._way = through(self._proxy)
        self._trusted = certificates(credentials)
        self._session: aiohttp.ClientSession | None = None

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
        exchange = _Exchange(limit, may_go, has_body=body is not None)
        request = self._open().request(
            method,
            self._url(path, query),
            data=None if body is None else _Body(json.dumps(body).encode(), exchange),
            headers=self._headers,
            allow_redirects=False,
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                await exchange.run(request)
        except _Failed as error:
            exchange.fail(str(error) + (self._way if exchange.connecting else ""))
        except TimeoutError:
            exchange.fail(f"no answer within {self._timeout_s:g} s")
        except (aiohttp.ClientError, OSError) as error:
            exchange.fail(_reason(error))
        return exchange.outcome(self._key, self._now())

    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # It has no headers of its own: a session tells them to a proxy, in the clear.
            self._session = aiohttp.ClientSession(
                connector=_Connector(
                    limit=self._connections, keepalive_timeout=KEEPALIVE_S, ssl=self._trusted, ttl_dns_cache=60
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=min(self._timeout_s, CONNECT_S)),
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._proxy,
                auto_decompress=False,
                middlewares=[_once],
            )
        return self._session

    def _url(self, path: str, query: Mapping[str, str] | None) -> URL:
        # As it is, so that every transport calls the same address: yarl would decode what need not be quoted.
        text = self._base_url + path
        return URL(f"{text}?{urlencode(query)}" if query else text, encoded=True)


class _Exchange:
    """One request on its way, so that however it ends, it is known how far it came."""

    def __init__(self, limit: int, may_go: Callable[[], bool], *, has_body: bool) -> None:
        self.has_body = has_body
        self._limit = limit
        self._may_go = may_go
        self._withdrawn = False
        self._failure: str | None = None
        self._response: aiohttp.ClientResponse | None = None
        self._body = bytearray()
        # Seen to look for a connection or to make one. False until then, so that silence is never taken for proof.
        self.connecting = False

    async def run(self, request: Any) -> None:
        _EXCHANGE.set(self)
        async with request as response:
            self._response = response
            async for chunk in response.content.iter_any():
                self._body += chunk
                if len(self._body) > self._limit:
                    self.fail(too_long(self._limit))
                    response.close()
                    return

    def fail(self, reason: str) -> None:
        self._failure = reason

    def check(self) -> None:
        """Ask, once there is a connection and right before the first byte, whether it may go. Raises _Failed."""
        self._withdrawn = not self._may_go()
        if self._withdrawn:
            raise _Failed(TOO_LATE)

    def outcome(self, secret: str, now: datetime) -> Outcome:
        if self._withdrawn:
            return NotSent(TOO_LATE)
        if self._response is None:
            reason = self._failure or "no answer"
            return NotSent(reason) if self.connecting else InDoubt(reason)
        body = bytes(self._body[: self._limit])
        headers = self._response.headers
        return to_reply(self._response.status, headers, body, now=now, secret=secret, broken=self._failure)


class _Body(aiohttp.BytesPayload):
    """A request's body; the head waits for it, so that this is the last moment at which it can be kept back."""

    def __init__(self, content: bytes, exchange: _Exchange) -> None:
        super().__init__(content, content_type="application/json")
        self._exchange = exchange

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._exchange.check()
        await super().write_with_length(writer, content_length)


_EXCHANGE: ContextVar[_Exchange] = ContextVar("exchange")


class _Failed(Exception):  # noqa: N818 - it never leaves this file
    """A failure by another name: of those that aiohttp knows, it answers some by sending a GET or DELETE once more."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as error:
        raise _Failed(_reason(error)) from error


class _Connector(aiohttp.TCPConnector):
    """Knows whether a request has a connection yet, and gives it none on which something has come unasked."""

    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        exchange = _EXCHANGE.get()
        exchange.connecting = True
        while True:
            connection = await super().connect(*args, **kwargs)
            # What came after an answer would be read as the answer to the next request.
            if connection.protocol is not None and not connection.protocol.should_close:
                exchange.connecting = False
                if not exchange.has_body:
                    _check_with(exchange, connection)
                return connection
            connection.close()


def _check_with(exchange: _Exchange, connection: Connection) -> None:
    """Ask for a request whose head is all of it: nothing comes between the connection and its first byte."""
    try:
        exchange.check()
    except _Failed:
        connection.release()
        raise


def _check(credentials: Credentials) -> None:
    try:
        URL(credentials.base_url)
    except ValueError as error:
        raise ConfigError(
            f"{credentials.target}: base_url cannot be read ({error})", hint="write it as https://HOST"
        ) from None


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    return f"{kind}: {error}" if str(error) else kind

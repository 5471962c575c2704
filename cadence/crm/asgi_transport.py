"""The transport to a service in the same process: its ASGI application is called, and no bytes leave.

Not httpx's own ASGI transport: that costs 180 ms of import and a millisecond a request, which is half of what an
`apply` on the local target takes.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from cadence.crm.reply import to_reply, too_long
from cadence.crm.transport import MAX_ANSWER, TOO_LATE, Outcome, always
from cadence.delivery.answer import InDoubt, NotSent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping
    from datetime import datetime

    from cadence.crm.credentials import Credentials

    Message = MutableMapping[str, Any]
    App = Callable[
        [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
        Awaitable[None],
    ]

__all__ = ["AsgiTransport"]


class AsgiTransport:
    """Calls *app* for every request. Nothing can fail before it is called, so what fails is in doubt."""

    def __init__(
        self, credentials: Credentials, app: App, *, now: Callable[[], datetime], timeout_s: float = 30.0
    ) -> None:
        self._app = app
        self._now = now
        self._timeout_s = timeout_s
        self._address = urlsplit(credentials.base_url)
        self._headers = [
            (b"host", self._address.netloc.encode()),
            *((name.lower().encode(), value.encode()) for name, value in credentials.headers.items()),
        ]

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
        if not may_go():
            return NotSent(TOO_LATE)
        content = b"" if body is None else json.dumps(body).encode()
        response = _Response(limit)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._app(self._scope(method, path, query), _once(content), response.take)
        except TimeoutError:
            return InDoubt(f"no answer within {self._timeout_s:g} s")
        except Exception as error:  # noqa: BLE001 - whatever the application did not foresee, something may be done
            return InDoubt(f"{type(error).__name__} in the service")
        return response.reply(self._now())

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""

    def _scope(self, method: str, path: str, query: Mapping[str, str] | None) -> Message:
        whole = self._address.path + path
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": self._address.scheme,
            "server": (self._address.hostname, self._address.port),
            "client": ("127.0.0.1", 0),
            "root_path": "",
            "path": unquote(whole),
            "raw_path": quote(whole, safe="/%").encode(),
            "query_string": urlencode(query or {}).encode(),
            "headers": list(self._headers),
        }


class _Response:
    """The messages of an application, gathered."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def reply(self, now: datetime) -> Outcome:
        if not self._status:
            return InDoubt("no answer from the service")
        broken = too_long(self._limit) if len(self._body) > self._limit else None
        return to_reply(self._status, self._headers, bytes(self._body[: self._limit]), now=now, broken=broken)


def _once(content: bytes) -> Callable[[], Awaitable[Message]]:
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        # Nobody hangs up in one's own process; whoever waits for it waits until the request is over.
        await asyncio.get_running_loop().create_future()
        return {"type": "http.disconnect"}

    return receive

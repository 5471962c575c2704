"""One attempt to deliver a webhook: signed, bounded in time and bytes, and never led elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import httpcore

from cadence.crm.retry_after import retry_after
from cadence.frozen import dataclass
from cadence.server.webhooks.reach import Unreachable
from cadence.server.webhooks.signature import key_of, sign
from cadence.service.webhooks.connections import Connections
from cadence.version import __version__

if TYPE_CHECKING:
    import ssl
    from datetime import datetime, timedelta

    from cadence.server.store.outbox import Errand
    from cadence.server.webhooks.reach import Reach

__all__ = ["Outcome", "Sender"]

_READ_BYTES, _READ_S = 2048, 1
_SHOWN = 200
_LOST = (httpcore.NetworkError, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: the status, None without an answer; what went wrong; how long to wait before another."""

    status: int | None
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and self.status // 100 == 2  # noqa: PLR2004 - HTTP


class Sender:
    """Keeps connections to receivers while it is entered. An attempt as a whole takes at most *timeout_s*."""

    def __init__(self, reach: Reach, *, timeout_s: float, tls: ssl.SSLContext | None = None) -> None:
        self.timeout_s = timeout_s
        self._connections = Connections(reach, tls=tls)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._connections.aclose()

    async def send(self, errand: Errand, *, now: datetime) -> Outcome:
        """Send once and return what came of it; it raises nothing that a receiver could bring about."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self._send(errand, now)
        except TimeoutError:
            return Outcome(None, f"no answer within {self.timeout_s:g} s")
        except (Unreachable, OSError, *_LOST) as error:
            return Outcome(None, _reason(error))

    async def _send(self, errand: Errand, now: datetime) -> Outcome:
        content = errand.content.encode()
        headers = _headers(errand, int(now.timestamp()), content)
        async with (
            self._connections.lend(errand.url) as connection,
            connection.stream("POST", errand.url, headers=headers, content=content) as response,
        ):
            answered = await _beginning(response)
            told = {name.lower(): value.decode("latin-1") for name, value in reversed(response.headers)}
            wait = retry_after(told.get(b"retry-after"), now, answered=told.get(b"date"))
            return Outcome(response.status, _complaint(response.status, answered), wait)


def _headers(errand: Errand, timestamp: int, content: bytes) -> list[tuple[str, str]]:
    return [
        ("content-type", "application/json"),
        ("user-agent", f"cadence/{__version__}"),
        ("webhook-id", errand.event_id),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", sign(key_of(errand.secret), errand.event_id, timestamp, content)),
    ]


async def _beginning(response: httpcore.Response) -> bytes:
    """Return the first bytes of the body. The status has come already: a body that does not come changes nothing."""
    body = b""
    with suppress(TimeoutError, *_LOST):
        async with asyncio.timeout(_READ_S):
            async for chunk in response.aiter_stream():
                body += chunk[:_READ_BYTES]
                if len(body) >= _READ_BYTES:
                    break
    return body[:_READ_BYTES]


def _complaint(status: int, body: bytes) -> str:
    match status // 100:
        case 2:
            return ""
        case 3:
            return f"answered {status}, and redirects are not followed"
        case _:
            text = body.decode(errors="replace")
            shown = "".join(each if each.isprintable() else " " for each in text[:_SHOWN]).strip()
            return f"answered {status}: {shown}" if shown else f"answered {status}"


def _reason(error: Exception) -> str:
    """Return why there was no answer. What httpcore says of it may quote what came."""
    match error:
        case Unreachable():
            return f"refused: {error}"
        case httpcore.ConnectError():
            return f"no connection: {str(error)[:_SHOWN]}"
        case httpcore.NetworkError():
            return "the connection was lost"
        case httpcore.ProtocolError():
            return "no HTTP answer came"
        case _:
            return f"its host cannot be looked up: {error}"

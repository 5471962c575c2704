"""An HTTP proxy on loopback: it makes tunnels to one CRM, whatever host they are for, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from ssl import SSLContext

__all__ = ["Proxy", "proxy_to"]


@dataclass
class Proxy:
    """`asked` holds the head of each request as it came."""

    port: int = 0
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def proxy_to(base_url: str, *, refusal: str = "", tls: SSLContext | None = None) -> AsyncIterator[Proxy]:
    """Yield a proxy to the CRM at *base_url*; with a *refusal*, such as "407 No", it makes no tunnel."""
    proxy = Proxy()
    tunnels: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnels.add(writer)
        proxy.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if refusal:
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", int(base_url.rpartition(":")[2]))
        tunnels.add(back)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for writer in tunnels:
            writer.transport.abort()
        await asyncio.sleep(0.01)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()

"""A CRM on loopback that misbehaves to order, byte by byte. It counts what reached it whole."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from ssl import SSLContext

    Fault = Callable[["Exchange"], Awaitable[None]]

__all__ = ["Exchange", "FaultyCrm", "answer", "faulty_crm", "reset"]


@dataclass
class FaultyCrm:
    """`connections` and `requests` count what arrived; a request counts once its body was read whole."""

    base_url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


@dataclass
class Exchange:
    """One connection, as the fault sees it."""

    crm: FaultyCrm
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def read_request(self) -> bytes:
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await self.reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
        self.crm.requests.append(head + body)
        return head + body

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    def reset(self) -> None:
        reset(self.writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, so that the other end sees a reset and not an end of file."""
    connected = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


def answer(status: int, body: object = b"", *, kind: str = "application/json", headers: str = "") -> Fault:
    """Return the fault of answering like this, with a length that is right."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def fault(exchange: Exchange) -> None:
        await exchange.read_request()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
        await exchange.send(head.encode() + content)

    return fault


@asynccontextmanager
async def faulty_crm(fault: Fault, *, tls: SSLContext | None = None) -> AsyncIterator[FaultyCrm]:
    crm = FaultyCrm()
    open_writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        crm.connections += 1
        open_writers.add(writer)
        try:
            await fault(Exchange(crm, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    # A usual server does not wait for the other end once it has said that it ends the connection.
    patience = 0.01 if tls else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, ssl_shutdown_timeout=patience)
    crm.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield crm
    finally:
        server.close()
        for writer in open_writers:
            writer.transport.abort()
        await asyncio.sleep(0)

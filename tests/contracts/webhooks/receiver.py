"""A receiver of webhooks on a port of this machine, which does what each test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

__all__ = ["Receiver", "answers", "drips", "hangs", "hangs_up", "receiving", "says"]

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Receiver:
    """Takes down what comes, and behaves as told: the last behaviour holds on."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours) or [answers(200)]
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self.port = 0

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    await self._take_one(reader, writer)
        finally:
            writer.transport.abort()

    async def _take_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(": ") for line in head.splitlines()[1:] if line]
        headers = {name.lower(): value for name, _, value in lines}
        content = await reader.readexactly(int(headers["content-length"]))
        self.came.append((headers, content))
        await self._behave(writer)

    async def _behave(self, writer: asyncio.StreamWriter) -> None:
        behave = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await behave(writer)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def receiving(receiver: Receiver, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(receiver.take(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close in the next turn


def says(raw: bytes, *, after_s: float = 0) -> Behaviour:
    async def behave(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(after_s)
        writer.write(raw)
        await writer.drain()

    return behave


def answers(status: int, body: bytes = b"", *, after_s: float = 0, **headers: str) -> Behaviour:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} -\r\ncontent-length: {len(body)}\r\n{named}\r\n"
    return says(head.encode() + body, after_s=after_s)


async def hangs(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    raise ConnectionResetError


def drips(head: bytes) -> Behaviour:
    """Say *head* at once and then a byte every now and then, for ever."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    return behave

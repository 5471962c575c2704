"""A CRM that answers every request with the same id; it prints its port. For a process of its own.

`python -m tests.benchmarks.stub_crm [MILLISECONDS]` takes that long for each answer.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

BODY = b'{"id": "0199aaaa-0000-7000-8000-000000000001"}'
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
DELAY_S = float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0
_LENGTH = b"content-length:"


class Stub(asyncio.Protocol):
    """Reads a head and as many bytes as it announces, then answers. It takes one request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._read = b""

    def data_received(self, received: bytes) -> None:
        self._read += received
        head, end, body = self._read.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._read = b""
            self._answer()

    def _answer(self) -> None:
        if DELAY_S:
            asyncio.get_running_loop().call_later(DELAY_S, self._transport.write, ANSWER)
        else:
            self._transport.write(ANSWER)


def _length(head: bytes) -> int:
    lines = (line for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH))
    return int(next(lines, _LENGTH + b"0").removeprefix(_LENGTH))


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it lets go


if __name__ == "__main__":
    uvloop.run(_serve())

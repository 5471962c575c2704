"""A receiver of webhooks in a process of its own: `python -m tests.load.receiver BOOK SECRET`.

It writes down each event before it answers: its id, when it came, and whether its signature held.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadence.server.webhooks.signature import is_signed, key_of
from cadence.service.serving import listen, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

__all__ = ["Arrival", "read_arrivals"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that came; `at` is in seconds of the clock that never steps, the same for all processes."""

    event_id: str
    at: float
    is_signed: bool


def read_arrivals(book: Path) -> Iterator[Arrival]:
    """Yield what came, in its order."""
    for line in book.read_text(encoding="ascii").splitlines():
        event_id, at, signed = line.split()
        yield Arrival(event_id, float(at), signed == "signed")


class Receiver:
    def __init__(self, book: Path, secret: str) -> None:
        self._book = book.open("ab", buffering=0)
        self._key = key_of(secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = b""
        more = True
        while more:
            message = await receive()
            content += message.get("body", b"")
            more = message.get("more_body", False)
        self._note({name.decode(): value.decode() for name, value in scope["headers"]}, content)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def _note(self, headers: dict[str, str], content: bytes) -> None:
        event_id, timestamp, signature = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        word = "signed" if is_signed([self._key], signature, event_id, timestamp, content) else "unsigned"
        self._book.write(f"{event_id} {time.monotonic()} {word}\n".encode())


def _announce(url: str) -> None:
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(Receiver(Path(sys.argv[1]), sys.argv[2]), listen("127.0.0.1", 0), host="127.0.0.1", announce=_announce)

"""A CRM on a socket, one JSON line a request: enough to be killed in the middle of."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping


@dataclass(frozen=True)
class Listed:
    id: str
    note: str
    due_at: datetime


@dataclass
class LineServer:
    """Keeps what it was told to create; `on_create` is called with each request's number, before and after.

    `on_list` is called before each listing.
    """

    on_create: Callable[[int, str], None] = lambda _number, _when: None
    on_list: Callable[[], None] = lambda: None
    created: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            self.asked += 1
            number = self.asked
        self.on_create(number, "before")
        with self.lock:
            self.created.append(body["note"].splitlines()[-1])
            self.bodies.append(body)
            answer = {"id": f"a{len(self.bodies)}"}
        self.on_create(number, "after")
        return answer

    def answer(self, request: dict[str, Any]) -> Any:
        if "body" in request:
            return self.create(request["body"])
        self.on_list()
        with self.lock:
            return [[f"a{at}", body["note"], body["due_datetime"]] for at, body in enumerate(self.bodies, 1)]


def serve(server: LineServer) -> socketserver.ThreadingTCPServer:
    """Start serving on a free port of the loopback, in threads of this process."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            if line:
                self.wfile.write(json.dumps(server.answer(json.loads(line))).encode() + b"\n")

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Say nothing: a client that was killed is what this server is for."""

    listener = Listener(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    return listener


class LineCrm:
    """The client's side; a connection a request."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def create_activity(self, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            return NotSent(str(error))
        if not may_go():
            writer.close()
            return NotSent("the lease may be over")
        try:
            return Accepted((await self._ask(reader, writer, {"body": dict(body)}))["id"])
        except (OSError, ValueError) as error:
            return InDoubt(str(error))

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]
    ) -> Answer:
        raise NotImplementedError

    async def delete_activity(self, activity_id: str, /, *, may_go: Callable[[], bool]) -> Answer:
        raise NotImplementedError

    async def find_activities(
        self, *, activity: str, due_from: datetime, due_to: datetime, turn: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[Listed]:
        await turn()
        streams = await asyncio.open_connection("127.0.0.1", self._port)
        for activity_id, note, due in await self._ask(*streams, {"list": activity}):
            due_at = datetime.fromisoformat(due)
            if due_from <= due_at <= due_to:
                yield Listed(activity_id, note, due_at)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: dict[str, Any]) -> Any:
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            await writer.drain()
            return json.loads(await reader.readline())
        finally:
            writer.close()

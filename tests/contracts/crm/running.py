"""The embedded service, reached in process or over HTTP on loopback."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from cadence.crm.client import CrmClient, connect
from cadence.crm.credentials import Credentials
from cadence.server.app import build_app
from cadence.server.local import open_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.clock import Clock

__all__ = ["WAYS", "Reached"]

WAYS = ("in process", "over HTTP")


class Reached:
    """A service and how to get a client for it; a client belongs to one event loop, so each test makes its own."""

    def __init__(self, path: Path, clock: Clock, *, base_url: str | None = None) -> None:
        self._clock = clock
        self.store, self.key = open_local(f"sqlite:///{path}", now=clock.now())
        self.app = build_app(self.store, clock=clock)
        self.base_url = base_url

    def client(self, **changes: str) -> CrmClient:
        settings = {
            "base_url": self.base_url or "http://localhost",
            "api_key": self.key.api_key,
            "business_id": self.key.business_id,
            "user_id": self.key.user_id,
            "target": "local",
            **changes,
        }
        return connect(Credentials(**settings), now=self._clock.now, app=None if self.base_url else self.app)

    @contextmanager
    def over(self, way: str) -> Iterator[Reached]:
        if way == "in process":
            yield self
            return
        with _serving(self.app) as base_url:
            self.base_url = base_url
            yield self


@contextmanager
def _serving(app: Any) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", ws="none", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server)}"
    finally:
        server.should_exit = True
        thread.join(10)


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if server.started and server.servers:
            port: int = server.servers[0].sockets[0].getsockname()[1]
            return port
        threading.Event().wait(0.01)
    raise TimeoutError("the service did not start within 10 s")

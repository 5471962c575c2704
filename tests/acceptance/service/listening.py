"""A receiver of webhooks on this machine that answers as it is told."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Listening", "listening", "until"]


class Listening(ThreadingHTTPServer):
    """Takes down what comes, and answers once it may."""

    daemon_threads = True
    request_queue_size = 128  # with the usual 5, some of many callers at once wait for seconds

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.head, self.body = status, headers, body
        self.came: list[str] = []
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.may_answer = threading.Event()
        self.place = f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever called was killed."""


class _Handler(BaseHTTPRequestHandler):
    server: Listening

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        self.server.told.append((dict(self.headers), content))
        self.server.came.append(self.headers["webhook-id"])
        self.server.may_answer.wait(30)
        self.send_response(self.server.status)
        for name, value in {**self.server.head, "Content-Length": str(len(self.server.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its signature
        """Say nothing."""


@contextmanager
def listening(status: int = 204, *, body: bytes = b"", at_once: bool = True, **headers: str) -> Iterator[Listening]:
    """Yield a receiver; unless it answers *at_once*, `may_answer` lets it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with Listening(status, named, body) as receiver:
        if at_once:
            receiver.may_answer.set()
        thread = threading.Thread(target=receiver.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.may_answer.set()
            receiver.shutdown()
            thread.join()


def until(holds: Callable[[], bool]) -> None:
    """Wait until it *holds*, for at most 40 seconds."""
    ends = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)  # noqa: TID251 - another process works meanwhile

"""What is seen of every request, whatever becomes of it: a line in the log, and the metrics."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Protocol

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Answered", "Watch", "Watcher", "log_line"]

_LOG = logging.getLogger("cadence.requests")
_CUT_SHORT = 499


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and its answer. `path` is the path's template: what stands in its places may be anybody's name."""

    request_id: str
    method: str
    path: str
    status: int
    seconds: float
    key_id: str


class Watcher(Protocol):
    """Is told of every request."""

    def __call__(self, answered: Answered) -> None:
        """Take notice."""
        ...


class Watch:
    """The outermost layer: tells *watchers* of each request once its answer has been sent."""

    def __init__(self, app: ASGIApp, watchers: Iterable[Watcher]) -> None:
        self._app = app
        self._watchers = tuple(watchers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status = _CUT_SHORT

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, noting)
        finally:
            if scope["type"] == "http":
                answered = _answered(scope, status, time.perf_counter() - began)
                for watcher in self._watchers:
                    watcher(answered)


def log_line(answered: Answered) -> None:
    """Write the request into the log: neither its query nor its body, which may hold notes and names."""
    fields = {
        "request_id": answered.request_id,
        "method": answered.method,
        "path": answered.path,
        "status": answered.status,
        "ms": round(answered.seconds * 1000, 1),
        "key_id": answered.key_id,
    }
    _LOG.info("request", extra={"fields": fields})


def _answered(scope: Scope, status: int, seconds: float) -> Answered:
    caller = scope.get("caller")
    return Answered(
        request_id=scope.get("request_id", ""),
        method=scope["method"],
        path=scope.get("template") or getattr(scope.get("route"), "path", None) or "-",
        status=status,
        seconds=seconds,
        key_id=caller.key_id if caller is not None else "",
    )

"""A path and what may be done at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from cadence.server.call import Call, authenticate
from cadence.server.problem import Problem
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Send
    from starlette.types import Scope as AsgiScope

    from cadence.clock import Clock
    from cadence.server.store.store import Store

    Handler = Callable[[Call], Awaitable[Response]]

__all__ = ["Handlers", "resource"]

Handlers = dict[str, tuple[Scope, "Handler"]]
"""For each method the scope that it needs, and what answers."""


def resource(path: str, handlers: Handlers, *, store: Store, clock: Clock, public_url: str = "") -> Route:
    """Return the route of *path* for every method, also those that it does not have."""
    return Route(path, _Resource(path, handlers, store=store, clock=clock, public_url=public_url))


class _Resource:
    """What answers at one path. Whoever calls is checked before anything is read of the request."""

    def __init__(self, path: str, handlers: Handlers, *, store: Store, clock: Clock, public_url: str) -> None:
        self._path = path
        self._handlers = {**handlers, "HEAD": handlers["GET"]} if "GET" in handlers else handlers
        self._store = store
        self._clock = clock
        self._public_url = public_url

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in self._handlers:
            allowed = {"Allow": ", ".join(sorted(self._handlers))}
            raise Problem.detail(405, f'Method "{request.method}" not allowed.', "method_not_allowed", allowed)
        needed, handler = self._handlers[request.method]
        now = self._clock.now()
        caller = await authenticate(request, self._store, needed, now=now)
        action = f"{request.method} {self._path}"
        return await handler(Call(request, self._store, caller, now=now, action=action, public_url=self._public_url))

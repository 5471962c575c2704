"""A path and what may be done at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from cadence.server.call import Call, authenticate
from cadence.server.problem import Problem
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from cadence.clock import Clock
    from cadence.server.store.store import Store

    Handler = Callable[[Call], Awaitable[Response]]

__all__ = ["Handlers", "resource"]

Handlers = dict[str, tuple[Scope, "Handler"]]
"""For each method the scope that it needs, and what answers."""


def resource(path: str, handlers: Handlers, *, store: Store, clock: Clock) -> Route:
    """Return the route; whoever calls is checked before anything is read of the request."""
    known = {**handlers, "HEAD": handlers["GET"]} if "GET" in handlers else handlers
    allowed = ", ".join(sorted(known))

    async def endpoint(request: Request) -> Response:
        if request.method not in known:
            detail = f'Method "{request.method}" not allowed.'
            raise Problem.detail(405, detail, "method_not_allowed", {"Allow": allowed})
        scope, handler = known[request.method]
        caller = await authenticate(request, store, scope)
        return await handler(Call(request, store, caller, now=clock.now()))

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]
    return Route(path, endpoint, methods=methods)

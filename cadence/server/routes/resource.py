"""A path and what may be done at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.routing import Route

from cadence.server.access import authenticate, require
from cadence.server.bodies.body import checked
from cadence.server.bodies.query import from_query
from cadence.server.call import Call
from cadence.server.payload import read_payload
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from cadence.clock import Clock
    from cadence.server.operation import Operation, Operations
    from cadence.server.store.store import Store
    from cadence.server.webhooks.reach import Reach

__all__ = ["resource"]


def resource(path: str, operations: Operations, *, store: Store, clock: Clock, public_url: str, reach: Reach) -> Route:
    """Return the route of *path* for every method, also those that it does not have."""
    return Route(path, _Resource(path, operations, store=store, clock=clock, public_url=public_url, reach=reach))


class _Resource:
    """What answers at one path. Whoever calls is checked before anything is read of the request."""

    def __init__(
        self, path: str, operations: Operations, *, store: Store, clock: Clock, public_url: str, reach: Reach
    ) -> None:
        self._path = path
        self._operations = {**operations, "HEAD": operations["GET"]} if "GET" in operations else operations
        self._store = store
        self._clock = clock
        self._public_url = public_url
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["template"] = self._path
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        operation = self._operations.get(request.method)
        if operation is None:
            raise Problem.not_allowed(request.method, self._operations)
        now = self._clock.now()
        caller = request.scope["caller"] = await authenticate(request, self._store, now=now)
        require(caller, operation.scope)
        if any("\x00" in part for part in request.path_params.values()):
            raise Problem.not_found()
        action = f"{request.method} {self._path}"
        call = Call[Any, Any](request, self._store, caller, now=now, action=action, public_url=self._public_url)
        call.reach = self._reach
        await _take_in(call, operation)
        return await operation.handler(call)


async def _take_in(call: Call[Any, Any], operation: Operation[Any, Any]) -> None:
    """Check what came with the request and put it into the call. Raises Problem."""
    call.query = from_query(operation.query, call.request.query_params)
    if operation.body is not None:
        call.body = checked(operation.body, await read_payload(call.request, optional=operation.optional))
        call.given = frozenset(call.body.model_fields_set)

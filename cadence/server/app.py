"""The service as an ASGI application.

Starlette without FastAPI: the CRM's error shapes, strict bodies and one transaction a request are all our own, so
FastAPI's part would be its import time, which every `apply` on the local target would pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Router

from cadence.clock import Clock, SystemClock
from cadence.server.envelope import Envelope
from cadence.server.problem import Problem
from cadence.server.routes import account, activities, records, scheduled
from cadence.server.routes.resource import resource

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from cadence.server.store.store import Store

__all__ = ["PATHS", "build_app"]

# The first path that matches answers, so those with fixed words come before those with a reference in their place.
PATHS = {**scheduled.PATHS, **activities.PATHS, **records.PATHS, **account.PATHS}
"""Every path of the API, with the scope and the handler of each of its methods."""


def build_app(store: Store, *, clock: Clock | None = None) -> ASGIApp:
    """Return the service on *store*; it opens nothing and starts nothing by itself."""
    ticking = clock or SystemClock()
    routes = [resource(path, handlers, store=store, clock=ticking) for path, handlers in PATHS.items()]
    return Envelope(Router(routes, redirect_slashes=False, default=_not_found))


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise Problem.not_found()

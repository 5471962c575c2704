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
from cadence.server.routes import account, activities, audit, records, scheduled, webhooks
from cadence.server.routes.resource import resource
from cadence.server.webhooks.reach import ANYWHERE_PUBLIC

if TYPE_CHECKING:
    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from cadence.server.store.store import Store
    from cadence.server.webhooks.reach import Reach

__all__ = ["PATHS", "api_routes", "build_app", "not_found"]

# The first path that matches answers, so those with fixed words come before those with a reference in their place.
PATHS = {**scheduled.PATHS, **activities.PATHS, **records.PATHS, **account.PATHS, **audit.PATHS, **webhooks.PATHS}
"""Every path of the API, with what each of its methods does."""


def build_app(store: Store, *, clock: Clock | None = None) -> ASGIApp:
    """Return the service on *store*; it opens nothing and starts nothing by itself."""
    routes = api_routes(store, clock=clock or SystemClock())
    return Envelope(Router(routes, redirect_slashes=False, default=not_found))


def api_routes(store: Store, *, clock: Clock, public_url: str = "", reach: Reach = ANYWHERE_PUBLIC) -> list[Route]:
    """Return the calls of the API, in the order in which they are sought; what surrounds them must be an Envelope.

    Links in lists begin with *public_url*, or with what the Host header says. Webhooks may go to *reach*.
    """
    return [
        resource(path, handlers, store=store, clock=clock, public_url=public_url, reach=reach)
        for path, handlers in PATHS.items()
    ]


async def not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer what no route answers."""
    raise Problem.not_found()

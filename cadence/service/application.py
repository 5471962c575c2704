"""The whole service as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Router

from cadence.server.app import api_routes, not_found
from cadence.server.envelope import Envelope
from cadence.service.health import health_routes

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from cadence.clock import Clock
    from cadence.server.store.store import Store

__all__ = ["build_service"]


def build_service(store: Store, *, clock: Clock, public_url: str = "") -> ASGIApp:
    """Return the service on *store*: the API and what watches over it.

    Absolute links begin with *public_url*, or with what the Host header says.
    """
    routes = [*health_routes(store), *api_routes(store, clock=clock, public_url=public_url)]
    return Envelope(Router(routes, redirect_slashes=False, default=not_found))

"""The whole service as one ASGI application."""

from __future__ import annotations

from secrets import SystemRandom
from typing import TYPE_CHECKING

from starlette.routing import Router

from cadence.server.app import api_routes, not_found
from cadence.server.envelope import Envelope
from cadence.server.webhooks.reach import Reach
from cadence.service.allowance import Allowance
from cadence.service.description import description_routes
from cadence.service.health import health_routes
from cadence.service.hooks import hook_route
from cadence.service.metrics import Metrics
from cadence.service.pages.site import Site
from cadence.service.rehearsal import Rehearsal
from cadence.service.watch import Watch, log_line

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.server.store.keys import Caller
    from cadence.server.store.store import Store
    from cadence.service.rehearsal import Faults

__all__ = ["build_service"]

_CHANCE = SystemRandom()


def build_service(
    store: Store, *, clock: Clock, settings: Settings, demo: Caller | None = None, faults: Faults | None = None
) -> ASGIApp:
    """Return the service on *store*: the API, the pages, what the CRM tells, and what watches over them.

    Absolute links begin with the `public_url` of the settings, or with what the Host header says. *demo* is whom every
    browser of this machine is signed in as, *faults* are what happens to calls of the API on purpose. Raises
    ConfigError for a `hook_secret` that is none.
    """
    public_url = settings.service.public_url
    metrics = Metrics(store, clock=clock)
    routes = [
        *health_routes(store),
        *metrics.routes(),
        *description_routes(),
        hook_route(store, clock=clock, secret=settings.service.hook_secret),
        *api_routes(store, clock=clock, public_url=public_url, reach=Reach(settings.service.webhooks_allow)),
        *Site(store, clock=clock, settings=settings, demo=demo, faults=str(faults or "")).routes(),
    ]
    answering: ASGIApp = Router(routes, redirect_slashes=False, default=not_found)
    knows = store.keys.knows
    answering = Allowance(answering, rate=settings.service.rate, clock=clock, knows=knows)
    if faults is not None:
        answering = Rehearsal(answering, faults, draw=_CHANCE.random)
    answering = Envelope(answering)
    return Watch(answering, [log_line, metrics.note])

"""What the service counts, in the text format of Prometheus, for this machine and for administrators."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from starlette.responses import Response

from cadence.server.access import authenticate, confirm, require
from cadence.server.routes.plain import PlainRoute
from cadence.server.store.keys import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.routing import Route

    from cadence.clock import Clock
    from cadence.server.store.store import Store
    from cadence.service.watch import Answered

__all__ = ["Metrics", "is_from_here"]

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """Counts of one application; `note` is told of every request."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "cadence_requests", "Requests answered", ["method", "path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "cadence_request_seconds", "How long an answer took", ["path"], registry=self._registry, buckets=_SECONDS
        )
        self._registry.register(_Writing(store))

    def note(self, answered: Answered) -> None:
        """Count one request."""
        method = answered.method if answered.method in _METHODS else "other"
        self._requests.labels(method, answered.path, str(answered.status)).inc()
        self._seconds.labels(answered.path).observe(answered.seconds)

    def routes(self) -> list[Route]:
        """Return `/metrics`."""

        async def metrics(request: Request) -> Response:
            if not is_from_here(request):
                caller = await authenticate(request, self._store, now=self._clock.now())
                await confirm(caller, self._store)
                require(caller, Scope.ADMIN)
            return Response(generate_latest(self._registry), media_type=_TYPE)

        return [PlainRoute("/metrics", metrics, methods=["GET"])]


def is_from_here(request: Request) -> bool:
    """Return whether the request comes from this machine."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class _Writing:
    """Reads what the store's writer counts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the writes and the commits that held them."""
        writes, commits = self._store.written
        yield CounterMetricFamily("cadence_writes", "Writes that were committed", value=writes)
        yield CounterMetricFamily("cadence_commits", "Commits, each of all writes that waited for it", value=commits)

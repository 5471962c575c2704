"""Whether the process lives, and whether its database answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cadence.server.call import answer
from cadence.server.routes.plain import PlainRoute
from cadence.version import __version__

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from cadence.server.store.store import Store

__all__ = ["SERVICE", "health_routes"]

SERVICE = "cadence"
"""By which a client recognises this service."""

_QUESTION = text("SELECT count(*) FROM alembic_version")


def health_routes(store: Store) -> list[Route]:
    """Return `/healthz` (the process answers) and `/readyz` (so does its database), which anybody may ask."""

    async def healthz(_request: Request) -> Response:
        return answer({"status": "ok", "service": SERVICE, "version": __version__})

    async def readyz(_request: Request) -> Response:
        try:
            await store.read(lambda connection: connection.execute(_QUESTION).scalar_one())
        except SQLAlchemyError:
            return answer({"status": "unavailable", "database": "does not answer"}, 503, {"Retry-After": "1"})
        return answer({"status": "ok", "database": "ok"})

    return [PlainRoute("/healthz", healthz, methods=["GET"]), PlainRoute("/readyz", readyz, methods=["GET"])]

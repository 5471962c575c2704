"""Where the service describes itself."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.routes.plain import PlainRoute

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

__all__ = ["description_routes"]


def description_routes() -> list[Route]:
    """Return `/openapi.json`, which anybody may read."""

    async def openapi(_request: Request) -> Response:
        return Response(_document(), media_type="application/json")

    return [PlainRoute("/openapi.json", openapi, methods=["GET"])]


@cache
def _document() -> bytes:
    from cadence.server.app import PATHS  # noqa: PLC0415 - only for those who ask
    from cadence.server.openapi.document import document  # noqa: PLC0415 - the same
    from cadence.service import beside  # noqa: PLC0415 - the same

    described = document(PATHS)
    described["paths"] |= beside.PATHS
    return json.dumps(described, separators=(",", ":")).encode()

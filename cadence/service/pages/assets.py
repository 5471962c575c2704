"""What pages load: the styles and scripts that lie in the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

from cadence.server.problem import Problem
from cadence.server.routes.plain import PlainRoute
from cadence.timeline.page import stylesheet

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

__all__ = ["asset_names", "asset_route", "read_asset"]

_KINDS = {
    "app.css": "text/css; charset=utf-8",
    "timeline.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"  # another content has another address


def asset_names() -> tuple[str, ...]:
    """Return what there is."""
    return tuple(_KINDS)


@cache
def read_asset(name: str) -> bytes:
    """Return the content of an asset."""
    if name == "timeline.css":
        return stylesheet().encode()
    return files("cadence.service.pages").joinpath("static", name).read_bytes()


def asset_route() -> Route:
    """Return the route that serves them, to anybody."""

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _KINDS:
            raise Problem.not_found()
        headers = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
        return Response(read_asset(name), headers=headers, media_type=_KINDS[name])

    return PlainRoute("/assets/{name}", serve, methods=["GET"])

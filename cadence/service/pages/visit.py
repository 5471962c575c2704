"""One request of a browser that is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import HTMLResponse, RedirectResponse, Response

from cadence.server.call import Call
from cadence.server.payload import read_body
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from cadence.service.pages.site import Site
    from cadence.service.pages.viewer import Viewer

__all__ = ["Visit", "read_form"]

_MOST_FIELDS = 200


class Visit(Call[None, None]):
    """A call of the pages: what a Call can do, with the viewer, the form and the templates.

    `zone` is the IANA name of the zone in which the viewer reads times.
    """

    def __init__(self, request: Request, site: Site, viewer: Viewer, *, now: datetime, action: str) -> None:
        caller = viewer.session.caller
        super().__init__(request, site.store, caller, now=now, action=action, public_url=site.public_url)
        self.site = site
        self.viewer = viewer
        self.zone = viewer.session.zone
        self.form: dict[str, str] = {}

    @property
    def is_partial(self) -> bool:
        """Whether HTMX asks for a part of the page."""
        return self.request.headers.get("hx-request") == "true" and "hx-boosted" not in self.request.headers

    def asked(self, name: str) -> str:
        """Return a value of the query string, empty where it is not there."""
        return self.request.query_params.get(name, "")

    def all_asked(self, name: str) -> list[str]:
        """Return all values of that name in the query string."""
        return [value for value in self.request.query_params.getlist(name) if value]

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return a template filled with *values* and what every page shows."""
        return HTMLResponse(self.site.looks.fill(template, visit=self, **values), status)

    def elsewhere(self, path: str) -> Response:
        """Send the browser to *path* of this service."""
        if self.is_partial:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of a name that comes twice, the last. Raises Problem."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return {}
    try:
        pairs = parse_qsl(
            (await read_body(request)).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise Problem.detail(400, "The form could not be read.", "parse_error") from None
    if any("\x00" in part for pair in pairs for part in pair):
        raise Problem.detail(400, "The form holds a character that is not text.", "parse_error")
    return dict(pairs)

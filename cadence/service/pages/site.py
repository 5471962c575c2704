"""The pages as routes: who looks, what they may do, and how it is said where they may not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from cadence.server.access import require
from cadence.server.problem import Problem
from cadence.server.store.opening import is_same_store
from cadence.service.pages import arrivals
from cadence.service.pages.assets import asset_route
from cadence.service.pages.cookie import Cookie
from cadence.service.pages.enrollments import page as enrollments
from cadence.service.pages.feeds import page as feeds
from cadence.service.pages.guard import check_origin, check_proof, harden
from cadence.service.pages.ledger import deliveries
from cadence.service.pages.ledger import page as ledger
from cadence.service.pages.load import page as load
from cadence.service.pages.looks import Looks
from cadence.service.pages.preview import page as preview
from cadence.service.pages.today import page as today
from cadence.service.pages.viewer import find_viewer
from cadence.service.pages.visit import Visit, read_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.server.store.keys import Caller
    from cadence.server.store.store import Store
    from cadence.service.pages.doing import Doing, Doings
    from cadence.service.pages.viewer import Viewer

__all__ = ["Site"]

_DRAWINGS = 1
_SAFE = frozenset({"GET", "HEAD"})
_PAGES: dict[str, Doings] = {
    **arrivals.PAGES,
    **today.PAGES,
    **enrollments.PAGES,
    **preview.PAGES,
    **load.PAGES,
    **ledger.PAGES,
    **deliveries.PAGES,
    **feeds.PAGES,
}


class Site:
    """What all pages share. Where *demo* names somebody, every browser on this machine is signed in as them.

    *faults* says in words what goes wrong on purpose.
    """

    def __init__(
        self, store: Store, *, clock: Clock, settings: Settings, demo: Caller | None = None, faults: str = ""
    ) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.public_url = settings.service.public_url
        self.demo = demo
        self.faults = faults
        self.looks = Looks()
        self.drawing = asyncio.Semaphore(_DRAWINGS)
        self.sending = asyncio.Lock()
        self.is_local = is_same_store(store.url, settings.store_url)

    def routes(self) -> list[Route]:
        """Return every page, and what pages load."""
        pages = [Route(path, _Page(self, path, doings)) for path, doings in _PAGES.items()]
        return [asset_route(), arrivals.sign_in_route(self), feeds.feed_route(self), *pages]

    def refusal(self, problem: Problem, request: Request) -> Response:
        """Return in words why there is no page."""
        template = "notice.html" if request.headers.get("hx-request") == "true" else "refusal.html"
        page = self.looks.fill(template, status=problem.status, said=list(_said(problem)))
        return HTMLResponse(page, problem.status, problem.headers)


class _Page:
    """What answers at one path of the pages."""

    def __init__(self, site: Site, path: str, doings: Doings) -> None:
        self._site = site
        self._path = path
        self._doings = {**doings, "HEAD": doings["GET"]} if "GET" in doings else doings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["template"] = self._path
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Problem as problem:
            response = self._site.refusal(problem, request)
        harden(response)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        site, doing = self._site, self._doing(request)
        if request.method not in _SAFE:
            check_origin(request, public_url=site.public_url)
        viewer = await self._viewer(request)
        if viewer is None:
            return await arrivals.arrive(site, request)
        request.scope["caller"] = viewer.session.caller
        require(viewer.session.caller, doing.scope)
        visit = Visit(request, site, viewer, now=site.clock.now(), action=f"{request.method} {self._path}")
        if request.method not in _SAFE:
            visit.form = await read_form(request)
            check_proof(request, viewer.session, visit.form)
        return await doing.handler(visit)

    async def _viewer(self, request: Request) -> Viewer | None:
        site = self._site
        token = Cookie.of(request, public_url=site.public_url).read(request)
        if not token:
            return None
        now, keyless = site.clock.now(), site.demo is not None
        return await site.store.read(lambda connection: find_viewer(connection, token, now=now, keyless=keyless))

    def _doing(self, request: Request) -> Doing:
        doing = self._doings.get(request.method)
        if doing is None:
            raise Problem.not_allowed(request.method, self._doings)
        return doing


def _said(problem: Problem) -> Iterator[str]:
    """Yield the sentences of a problem, whatever its shape."""
    for name, said in problem.payload.items():
        if name == "detail":
            yield str(said)
        elif name != "code" and isinstance(said, list):
            yield from (str(each["message"]) if isinstance(each, dict) else str(each) for each in said)

"""Signing in by key, signing out, and the zone in which times are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from cadence.errors import UnknownZone
from cadence.server.problem import Problem
from cadence.server.routes.plain import PlainRoute
from cadence.server.store.keys import Scope, digest_of, load_caller
from cadence.server.store.sessions import begin_session, end_session, set_zone
from cadence.service.pages.cookie import Cookie
from cadence.service.pages.doing import Doing
from cadence.service.pages.guard import LOOPBACK, check_origin, harden, parts_of
from cadence.service.pages.viewer import usual_zone
from cadence.service.pages.visit import read_form
from cadence.timing.zones import zone as zone_named
from cadence.timing.zones import zone_names

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.requests import Request
    from starlette.routing import Route

    from cadence.server.store.keys import Caller
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.site import Site
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES", "arrive", "sign_in_route"]

_SIGN_IN = "/sign-in"


async def arrive(site: Site, request: Request) -> Response:
    """Return what a browser gets that is not signed in: in the demo a session, else the way to sign in."""
    if site.demo is None:
        return _to_sign_in(request)
    if (parts_of(f"//{request.headers.get('host', '')}").hostname or "") not in LOOPBACK:
        # A name that somebody else makes point to this machine would read the demo through the visitor's browser.
        raise Problem.detail(403, "The demo answers at 127.0.0.1 and localhost alone.", "permission_required")
    if request.method != "GET":
        raise Problem.detail(403, "The session is over; load the page again.", "not_authenticated")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return await _signed_in(site, request, site.demo, zone="", to=here)


def _to_sign_in(request: Request) -> Response:
    here = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        here = f"{here}?{request.url.query}"
    address = f"{_SIGN_IN}?next={quote(here, safe='')}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": _SIGN_IN})
    return RedirectResponse(address, 303)


async def _signed_in(site: Site, request: Request, caller: Caller, *, zone: str, to: str) -> Response:
    """Begin a session; whatever token the browser came with is worth nothing afterwards."""
    now, cookie = site.clock.now(), Cookie.of(request, public_url=site.public_url)
    before = cookie.read(request)
    chosen = zone if zone in zone_names() else await site.store.read(lambda reading: usual_zone(reading, caller))

    def begin(connection: Connection) -> str:
        end_session(connection, before)
        return begin_session(connection, caller, zone=chosen, now=now)

    response = RedirectResponse(to, 303)
    cookie.put(response, await site.store.write(begin))
    return response


def sign_in_route(site: Site) -> Route:
    """Return the page that asks for a key."""

    async def answer(request: Request) -> Response:
        request.scope["template"] = _SIGN_IN
        try:
            response = await (_take(request) if request.method == "POST" else _ask(request))
        except Problem as problem:
            response = site.refusal(problem, request)
        harden(response)
        return response

    async def _ask(request: Request, *, wrong: str = "", status: int = 200) -> Response:
        values = {"next": _inside(request.query_params.get("next", "/")), "wrong": wrong}
        return HTMLResponse(site.looks.fill("sign_in.html", **values), status)

    async def _take(request: Request) -> Response:
        check_origin(request, public_url=site.public_url)
        form = await read_form(request)
        digest = digest_of(form.get("api_key", "").strip())
        caller = await site.store.read(lambda connection: load_caller(connection, digest))
        if caller is None:
            return await _ask(request, wrong="This key is not known, or was revoked.", status=401)
        return await _signed_in(site, request, caller, zone=form.get("zone", ""), to=_inside(form.get("next", "/")))

    return PlainRoute(_SIGN_IN, answer, methods=["GET", "POST"])


def _inside(path: str) -> str:
    """Return *path* where it is one of this service, else the first page: nobody is sent elsewhere."""
    # A path that begins with one slash and holds nothing that browsers pass over leads nowhere else.
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else "/"


async def _sign_out(visit: Visit) -> Response:
    cookie = Cookie.of(visit.request, public_url=visit.site.public_url)
    await visit.store.write(lambda connection: end_session(connection, cookie.read(visit.request)))
    response = RedirectResponse(_SIGN_IN, 303)
    cookie.drop(response)
    return response


async def _choose_zone(visit: Visit) -> Response:
    return visit.page("zone.html", zones=sorted(zone_names()), wrong="")


async def _set_zone(visit: Visit) -> Response:
    chosen = visit.form.get("zone", "").strip()
    try:
        zone_named(chosen)
    except UnknownZone as error:
        return visit.page("zone.html", 400, zones=sorted(zone_names()), wrong=str(error))
    token = Cookie.of(visit.request, public_url=visit.site.public_url).read(visit.request)
    await visit.store.write(lambda connection: set_zone(connection, token, chosen))
    return visit.elsewhere("/")


PAGES: dict[str, Doings] = {
    "/sign-out": {"POST": Doing(Scope.READ, _sign_out)},
    "/zone": {"GET": Doing(Scope.READ, _choose_zone), "POST": Doing(Scope.READ, _set_zone)},
}

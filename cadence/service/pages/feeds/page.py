"""The feeds of a business as a page, and each as the calendar that programs read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from cadence.errors import ConfigError
from cadence.server.instant import from_micros
from cadence.server.problem import Problem
from cadence.server.routes.plain import PlainRoute
from cadence.server.store.feeds import create_feed, find_feed, list_feeds, revoke_feed, tasks_in
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.note import without_marker
from cadence.service.pages.today.agenda import people_of
from cadence.timeline.feed import CONFIRMED, Event, calendar_feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request
    from starlette.routing import Route

    from cadence.server.store.scheduled import Scheduled
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.site import Site
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES", "feed_route"]

_KEPT_S = 300


async def _show(visit: Visit) -> Response:
    return await _listed(visit)


async def _create(visit: Visit) -> Response:
    """Make a feed: of oneself, or with an administrator's key of anybody."""
    employee_id, feed_id = visit.form.get("employee") or visit.caller.user_id, visit.new_id()
    if employee_id != visit.caller.user_id and visit.caller.scope < Scope.ADMIN:
        raise Problem.detail(
            403, "Only an administrator's key makes a calendar of somebody else.", "permission_required"
        )
    work = partial(create_feed, caller=visit.caller, employee_id=employee_id, feed_id=feed_id, now=visit.now)
    secret = await visit.write(work, subject=lambda _: feed_id)
    return await _listed(visit, made=_address(visit, secret))


async def _revoke(visit: Visit) -> Response:
    work = partial(revoke_feed, caller=visit.caller, feed_id=visit.id_in_path(), now=visit.now)
    await visit.write(work, subject=lambda _: visit.id_in_path())
    return visit.elsewhere("/calendars")


async def _listed(visit: Visit, *, made: str = "") -> Response:
    known = await visit.read(partial(list_feeds, caller=visit.caller))
    is_admin = visit.caller.scope >= Scope.ADMIN
    people = [
        person
        for person in await visit.read(partial(people_of, caller=visit.caller))
        if is_admin or person.value == visit.caller.user_id
    ]
    return visit.page("feeds/page.html", feeds=known, people=people, made=made)


def _address(visit: Visit, secret: str) -> str:
    base = visit.site.public_url or f"{visit.request.url.scheme}://{visit.request.url.netloc}"
    return f"{base}/calendar/{secret}.ics"


def feed_route(site: Site) -> Route:
    """Return the route at which a calendar program reads a feed; who knows the address needs no key."""

    async def answer(request: Request) -> Response:
        request.scope["template"] = "/calendar/{secret}.ics"
        feed = await site.store.read(partial(find_feed, secret=request.path_params["secret"]))
        if feed is None:
            raise Problem.not_found()
        now = site.clock.now()
        found = await site.store.read(partial(tasks_in, feed=feed, now=now))
        try:
            content = calendar_feed(f"Tasks of {feed.name}", _events(found, address=_base(site, request)))
        except ConfigError as error:
            raise Problem.detail(501, f"{error.message}: {error.hint}.", "not_implemented") from None
        headers = {"Cache-Control": f"private, max-age={_KEPT_S}", "X-Content-Type-Options": "nosniff"}
        return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")

    return PlainRoute("/calendar/{secret}.ics", answer, methods=["GET"])


def _base(site: Site, request: Request) -> str:
    return site.public_url or f"{request.url.scheme}://{request.url.netloc}"


def _events(found: Scheduled, *, address: str) -> Iterator[Event]:
    rows, references = found
    for row in rows:
        kind = references.types[row["type_id"]]["name"]
        names = [_label(references.records[record]) for _, record in row["entities"] if record in references.records]
        done = "done: " if row["completed_at"] is not None else ""
        yield Event(
            uid=f"{row['id']}@cadence",
            at=from_micros(row["due_at"]),
            title=f"{done}{kind}" + (f": {', '.join(names)}" if names else ""),
            modified=from_micros(row["updated_at"]),
            description=without_marker(row["note"]),
            url=f"{address}/today",
            status=CONFIRMED,
        )


def _label(record: Mapping[str, Any]) -> str:
    return str(record["display_name"] or record["lookup"] or record["id"])


PAGES: dict[str, Doings] = {
    "/calendars": {"GET": Doing(Scope.READ, _show), "POST": Doing(Scope.READ, _create)},
    "/calendars/{id}/revoke": {"POST": Doing(Scope.READ, _revoke)},
}

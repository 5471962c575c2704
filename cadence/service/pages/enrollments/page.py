"""The list of enrollments, and one of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cadence.frozen import dataclass
from cadence.ledger.browsing import (
    count_states,
    enrollment_of_activity,
    find_enrolled,
    find_log,
    load_enrolled,
    load_entries,
)
from cadence.model.entry import State
from cadence.server.problem import Problem
from cadence.server.store import scheduled
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.enrollments.portrait import portrait_of
from cadence.service.pages.lookup import SIZE, NoLedger, look_up, page_number, with_ledger
from cadence.service.pages.own import own_desk
from cadence.service.standing import as_they_stand
from cadence.timeline.page import words
from cadence.timeline.picture import picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.ledger import LogLine
    from cadence.ledger.browsing import Enrolled
    from cadence.model.entry import Entry
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES"]

_LOG = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which enrollments are asked for; all of it is in the address."""

    search: str
    state: str
    number: int

    def address(self, number: int = 1, *, state: str | None = None) -> str:
        given = {
            "q": self.search,
            "state": self.state if state is None else state,
            "page": number if number > 1 else "",
        }
        kept = {name: value for name, value in given.items() if value}
        return "/enrollments" + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True)
class _List:
    rows: tuple[Enrolled, ...]
    count: int
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """All that is kept of one enrollment: entries as they stand, of the log the newest."""

    enrolled: Enrolled
    entries: tuple[Entry, ...]
    log: tuple[LogLine, ...]
    has_more: bool


@with_ledger
async def _list(visit: Visit) -> Response:
    state = visit.asked("state")
    wanted = _Wanted(visit.asked("q").strip()[:200], state if state in list(State) else "", page_number(visit))
    found = await look_up(visit, partial(_read_list, business_id=visit.business_id, wanted=wanted))
    template = "enrollments/list.html" if visit.is_partial else "enrollments/page.html"
    return visit.page(template, found=found, wanted=wanted, size=SIZE, states=list(State))


def _read_list(connection: Connection, business_id: str, wanted: _Wanted) -> _List:
    first = (wanted.number - 1) * SIZE
    rows, count = find_enrolled(
        connection, business_id, search=wanted.search, state=wanted.state, first=first, size=SIZE
    )
    return _List(tuple(rows), count, count_states(connection, business_id))


@with_ledger
async def _show(visit: Visit) -> Response:
    kept = await look_up(visit, partial(_read_one, business_id=visit.business_id, key=visit.path("key")))
    if kept is None:
        raise Problem.not_found()
    desk = own_desk(visit, kept.enrolled.target)
    if desk is not None:
        stand = partial(as_they_stand, business_id=visit.business_id, entries=kept.entries)
        kept = replace(kept, entries=await visit.read(stand))
    async with visit.site.drawing:
        portrait = await asyncio.to_thread(
            portrait_of, kept.enrolled, kept.entries, desk=desk, now=visit.now, viewer=visit.zone
        )
    drawn, said = picture(portrait.timeline, prefix="tl-0"), words(portrait.timeline)
    return visit.page("enrollments/one.html", kept=kept, portrait=portrait, drawn=drawn, words=said)


def _read_one(connection: Connection, business_id: str, key: str) -> _Kept | None:
    enrolled = load_enrolled(connection, business_id, key)
    if enrolled is None:
        return None
    log, has_more = find_log(connection, business_id, enrollment=key, size=_LOG)
    return _Kept(enrolled, tuple(load_entries(connection, key)), tuple(line for _, line in log), has_more)


@with_ledger
async def _of_task(visit: Visit) -> Response:
    """Lead from a task to the enrollment that it is of."""
    activity_id = visit.id_in_path()
    (row,), _ = await visit.read(lambda connection: scheduled.load(connection, visit.business_id, activity_id))
    records = [record_id for _, record_id in row["entities"]]
    question = partial(
        enrollment_of_activity, business_id=visit.business_id, activity_id=activity_id, record_ids=records
    )
    try:
        key = await look_up(visit, question)
    except NoLedger:
        key = None
    if key is None:
        raise Problem.detail(404, "The ledger of this project does not know where this task comes from.", "not_found")
    return visit.elsewhere(f"/enrollments/{key}")


PAGES: dict[str, Doings] = {
    "/enrollments": {"GET": Doing(Scope.READ, _list)},
    "/enrollments/{key}": {"GET": Doing(Scope.READ, _show)},
    "/today/{id}/enrollment": {"GET": Doing(Scope.READ, _of_task)},
}

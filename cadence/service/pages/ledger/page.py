"""The ledger as a page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cadence.frozen import dataclass
from cadence.ledger.browsing import NEEDS, count_needs, find_entries, find_log
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.ledger.sending import decide, go_on, try_again
from cadence.service.pages.lookup import SIZE, look_up, page_number, with_ledger
from cadence.service.pages.own import is_own

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.ledger import LogLine
    from cadence.ledger.browsing import Need
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.ledger.sending import Said
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES"]

_LOG = "log"


@dataclass(frozen=True, slots=True)
class _Shown:
    """One page of the log, or of the entries with a need; `counts` by need."""

    show: str
    number: int
    log: tuple[tuple[str, LogLine], ...]
    needs: tuple[Need, ...]
    has_more: bool
    counts: Mapping[str, int]

    def address(self, number: int = 1, *, path: str = "/ledger") -> str:
        given = {"show": self.show if self.show != _LOG else "", "page": number if number > 1 else ""}
        kept = {name: value for name, value in given.items() if value}
        return path + (f"?{urlencode(kept)}" if kept else "")


@with_ledger
async def _show(visit: Visit) -> Response:
    return await _page(visit, None)


def _doing(do: Callable[[Visit], Awaitable[Said]]) -> Callable[[Visit], Awaitable[Response]]:
    """Return what does something and shows the same page afterwards, with what came of it."""

    @with_ledger
    async def answer(visit: Visit) -> Response:
        return await _page(visit, await do(visit))

    return answer


async def _page(visit: Visit, said: Said | None) -> Response:
    show = visit.asked("show")
    question = partial(
        _read, business_id=visit.business_id, show=show if show in NEEDS else _LOG, number=page_number(visit)
    )
    shown = await look_up(visit, question)
    own = {need.entry.key for need in shown.needs if is_own(visit, need.enrolled.target)}
    template = "ledger/list.html" if visit.is_partial else "ledger/page.html"
    return visit.page(template, shown=shown, said=said, own=own)


def _read(connection: Connection, business_id: str, show: str, number: int) -> _Shown:
    counts = count_needs(connection, business_id)
    first = (number - 1) * SIZE
    if show == _LOG:
        log, has_more = find_log(connection, business_id, first=first, size=SIZE)
        return _Shown(show, number, tuple(log), (), has_more, counts)
    needs = find_entries(connection, business_id, show, first=first, size=SIZE)
    return _Shown(show, number, (), tuple(needs), first + SIZE < counts[show], counts)


PAGES: dict[str, Doings] = {
    "/ledger": {"GET": Doing(Scope.READ, _show)},
    "/ledger/settle": {"POST": Doing(Scope.WRITE, _doing(go_on))},
    "/ledger/retry": {"POST": Doing(Scope.WRITE, _doing(try_again))},
    "/ledger/resolve": {"POST": Doing(Scope.WRITE, _doing(decide))},
}

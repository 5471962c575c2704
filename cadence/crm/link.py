"""The calls under all calls: read one document, read a list page by page, change something."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from cadence.crm.document import Document, document_of
from cadence.crm.patience import PATIENCE_S, pause_s
from cadence.crm.refusal import refusal
from cadence.crm.transport import MAX_PAGE, Outcome, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from cadence.crm.transport import Transport
    from cadence.errors import TargetError

    Turn = Callable[[], Awaitable[None]]

__all__ = ["Link"]

_LOG = logging.getLogger(__name__)
_READS = 2
_PAGE_SIZE = 500
_MOST_PAGES = 20_000
_NOT_FOUND = 404


class Link:
    """A transport and the name of its target. What writes is sent once.

    A read is asked for again, after a pause that goes to the log, where the CRM is busy or fails. One that has a *turn*
    is part of a run, which paces itself: it only goes again at once, in another turn, where no answer came.
    """

    def __init__(
        self, transport: Transport, *, target: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.transport = transport
        self.target = target
        self._sleep = sleep

    async def read(
        self,
        what: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        turn: Turn | None = None,
    ) -> Document:
        """Return the document at *path*; with a *body* it is a search by POST. Raises TargetError."""
        outcome = await self._ask(what, path, query, body, turn)
        return self._document(outcome, what)

    async def read_or_none(
        self, what: str, path: str, *, query: Mapping[str, str] | None = None, turn: Turn | None = None
    ) -> Document | None:
        """Return the document at *path*, None for a 404. Raises TargetError for all else."""
        outcome = await self._ask(what, path, query, None, turn)
        if isinstance(outcome, Reply) and outcome.status == _NOT_FOUND:
            return None
        return self._document(outcome, what)

    async def change(self, what: str, method: str, path: str, body: Any = None) -> Document:
        """Send a write of an import, once, and return its answer. Raises TargetError."""
        return self._document(await self.transport.send(method, path, body=body), what, wrote=True)

    async def rows(
        self,
        what: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        turn: Turn | None = None,
    ) -> AsyncIterator[Document]:
        """Yield the rows of a list by page number; the `next` URL only says whether there is more.

        Pages shift while somebody else writes: a row that comes twice is left out, and a list of several pages whose
        `count` changed meanwhile, or was not reached, is read once more for those that slipped through.
        """
        seen: set[str] = set()
        for _ in range(_READS):
            counts: list[int] = []
            async for document in self._pages(what, path, query=query or {}, body=body, turn=turn):
                counts.append(_count_in(document))
                for row in document.rows():
                    if _is_new(row, seen):
                        yield row
            if len(counts) <= 1 or (counts[0] == counts[-1] <= len(seen)):
                return

    async def _pages(
        self, what: str, path: str, *, query: Mapping[str, str], body: Any, turn: Turn | None
    ) -> AsyncIterator[Document]:
        """Yield pages to the last; one that repeats the page before it is the last, whatever it says of more."""
        before = None
        for number in range(1, _MOST_PAGES):
            numbers = {"page": str(number), "page_size": str(_PAGE_SIZE)}
            document = await self.read(what, path, query={**query, **numbers}, body=body, turn=turn)
            rows = [row.payload for row in document.rows()]
            if not rows or rows == before:
                return
            yield document
            if not _has_next(document):
                return
            before = rows

    async def _ask(
        self, what: str, path: str, query: Mapping[str, str] | None, body: Any, turn: Turn | None
    ) -> Outcome:
        method = "GET" if body is None else "POST"
        left = 0.0 if turn else PATIENCE_S
        tries = 0
        while True:
            if turn is not None:
                await turn()
            outcome: Outcome = await self.transport.send(method, path, query=query, body=body, limit=MAX_PAGE)
            tries += 1
            pause = pause_s(outcome, tries)
            if pause is None or pause > left:
                return outcome
            if pause:
                await self._wait(pause, refusal(outcome, target=self.target, what=what))
                left -= pause

    async def _wait(self, seconds: float, why: TargetError) -> None:
        _LOG.warning("waiting %g s: %s", seconds, why.message)
        await self._sleep(seconds)

    def _document(self, outcome: Outcome, what: str, *, wrote: bool = False) -> Document:
        if isinstance(outcome, Reply) and 200 <= outcome.status < 300:  # noqa: PLR2004 - the class of statuses
            return document_of(outcome, target=self.target, what=what)
        raise refusal(outcome, target=self.target, what=what, wrote=wrote)


def _is_new(row: Document, seen: set[str]) -> bool:
    row_id = row.payload.get("id") if isinstance(row.payload, dict) else None
    if not isinstance(row_id, str):
        return True
    known = row_id in seen
    seen.add(row_id)
    return not known


def _count_in(document: Document) -> int:
    count = document.payload.get("count") if document.is_paged else None
    return count if isinstance(count, int) else 0


def _has_next(document: Document) -> bool:
    if not document.is_paged:
        return False
    if "next" in document.payload:
        return bool(document.payload["next"])
    return len(document.payload["results"]) >= _PAGE_SIZE

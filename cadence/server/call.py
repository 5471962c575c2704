"""One call of the API: who calls, with what, and how it is answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from starlette.datastructures import URL
from starlette.responses import Response

from cadence.server.paging import Page, frame_of, paged
from cadence.server.problem import Problem
from cadence.server.store.audit import Signature
from cadence.server.store.keys import is_living
from cadence.server.webhooks.reach import ANYWHERE_PUBLIC

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from starlette.requests import Request

    from cadence.server.store.job import Together
    from cadence.server.store.keys import Caller
    from cadence.server.store.store import Store

__all__ = ["Call", "answer"]

Q = TypeVar("Q")
B = TypeVar("B")
_T = TypeVar("_T")
_Item = TypeVar("_Item")
_UNAUTHENTICATED = 401


class Call(Generic[Q, B]):
    """A request by a caller who may make it, with its query string and its body, both checked.

    *action* is what the audit calls it. Links to other pages begin with *public_url*, or with what the Host header
    says. `reach` is where webhooks may go.
    """

    def __init__(
        self, request: Request, store: Store, caller: Caller, *, now: datetime, action: str, public_url: str
    ) -> None:
        self.request = request
        self.store = store
        self.caller = caller
        self.now = now
        self.query: Q
        self.body: B
        self.given: frozenset[str] = frozenset()
        self.reach = ANYWHERE_PUBLIC
        self._action = action
        self._public_url = public_url

    @property
    def business_id(self) -> str:
        """The caller's business, which bounds everything that the call may see."""
        return self.caller.business_id

    def path(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def id_in_path(self, name: str = "id") -> str:
        """Return an id in the path, as it is stored."""
        return self.path(name).lower()

    def new_id(self) -> str:
        """Return a fresh id."""
        return self.store.ids.next(self.now)

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads. Raises Problem where the key was revoked."""
        key_id = self.caller.key_id

        def confirmed(connection: Connection) -> _T:
            if key_id and not is_living(connection, key_id):
                raise Problem.unknown_caller()
            return work(connection)

        return await self._as_caller(self.store.read(confirmed))

    async def write(self, work: Callable[[Connection], _T], *, subject: Callable[[_T], str]) -> _T:
        """Return what *work* writes, once it is durable and in the audit as a write of what *subject* tells.

        Raises Problem where the key was revoked.
        """
        return await self._as_caller(self.store.write(work, self._signature(), subject=subject))

    async def write_together(self, work: Together[_Item, _T], item: _Item, *, subject: Callable[[_T], str]) -> _T:
        """Return what *work* makes of *item*, as `write` does, at once with whatever else waits for the same work."""
        writing = self.store.write_together(work, item, signature=self._signature(), subject=subject)
        return await self._as_caller(writing)

    def paged(self, rows: Sequence[Any], count: int, page: Page) -> Response:
        """Return a page of a list as a response."""
        return answer(paged(rows, count, page, self._url()))

    def frame(self, count: int, page: Page, *, shown: int) -> dict[str, Any]:
        """Return a page of a list without the rows that are *shown* in it."""
        return frame_of(shown, count, page, self._url())

    async def _as_caller(self, doing: Awaitable[_T]) -> _T:
        try:
            return await doing
        except Problem as problem:
            if problem.status == _UNAUTHENTICATED:
                self.store.keys.forget(self.caller.key_id)
            raise

    def _signature(self) -> Signature:
        request_id = self.request.scope["request_id"]
        return Signature(self.caller, self.now, request_id, self._action, tuple(sorted(self.given)))

    def _url(self) -> URL:
        url = self.request.url
        if not self._public_url:
            return url
        return URL(f"{self._public_url}{url.path}{'?' if url.query else ''}{url.query}")


def answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, dict(headers or {}), "application/json")

"""One call of the API: who calls, with what, and how it is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.datastructures import URL
from starlette.responses import Response

from cadence.server.bodies.body import checked
from cadence.server.paging import page_of, paged
from cadence.server.problem import Problem
from cadence.server.store.audit import Signature
from cadence.server.store.keys import digest_of, find_living, load_caller, note_use

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from pydantic import BaseModel
    from sqlalchemy import Connection
    from starlette.requests import Request

    from cadence.server.paging import Page
    from cadence.server.store.job import Together
    from cadence.server.store.keys import Caller, Scope
    from cadence.server.store.store import Store

__all__ = ["Call", "answer", "authenticate"]

_Body = TypeVar("_Body", bound="BaseModel")
_T = TypeVar("_T")
_Item = TypeVar("_Item")

MOST_BYTES = 1 << 20
UNAUTHENTICATED = 401
_DEEPEST = 40
_NOTED_EVERY = timedelta(minutes=1)


class Call:
    """A request by a caller who may make it. `action` is what the audit calls it."""

    def __init__(
        self, request: Request, store: Store, caller: Caller, *, now: datetime, action: str, public_url: str = ""
    ) -> None:
        self.request = request
        self.store = store
        self.caller = caller
        self.now = now
        self._action = action
        self._public_url = public_url
        self._given: tuple[str, ...] = ()

    @property
    def business_id(self) -> str:
        """The caller's business, which bounds everything that the call may see."""
        return self.caller.business_id

    def path(self, name: str) -> str:
        """Return a part of the path; ids in lower case, as they are stored."""
        return str(self.request.path_params[name])

    def id_in_path(self, name: str = "id") -> str:
        """Return an id in the path, as it is stored."""
        return self.path(name).lower()

    def query(self, name: str, default: str = "") -> str:
        """Return a query parameter."""
        return str(self.request.query_params.get(name, default))

    @property
    def page(self) -> Page:
        """The page that the query string asks for. Raises Problem."""
        parameters = self.request.query_params
        return page_of(parameters.get("page"), parameters.get("page_size"))

    def new_id(self) -> str:
        """Return a fresh id."""
        return self.store.ids.next(self.now)

    async def body(self, model: type[_Body], *, optional: bool = False) -> _Body:
        """Return the checked body; with *optional*, none at all is an empty one. Raises Problem."""
        text = await _read(self.request)
        body = checked(model, {} if optional and not text.strip() else _parsed(text))
        self._given = tuple(sorted(body.model_fields_set))
        return body

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads. Raises Problem where the key was revoked."""
        key_id = self.caller.key_id

        def confirmed(connection: Connection) -> _T:
            if key_id and not find_living(connection, [key_id]):
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

    def paged(self, rows: Sequence[Any], count: int, page: Page | None = None) -> Response:
        """Return a page of a list as a response."""
        return answer(paged(rows, count, page or self.page, self._url()))

    async def _as_caller(self, doing: Awaitable[_T]) -> _T:
        try:
            return await doing
        except Problem as problem:
            if problem.status == UNAUTHENTICATED:
                self.store.keys.forget(self.caller.key_id)
            raise

    def _signature(self) -> Signature:
        return Signature(self.caller, self.now, self.request.scope["request_id"], self._action, self._given)

    def _url(self) -> URL:
        """Return the address as callers see it: below the public URL where one is set, else by the Host header."""
        url = self.request.url
        if not self._public_url:
            return url
        return URL(f"{self._public_url}{url.path}{'?' if url.query else ''}{url.query}")


def answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, dict(headers or {}), "application/json")


async def authenticate(request: Request, store: Store, needed: Scope, *, now: datetime) -> Caller:
    """Return who calls. Raises Problem: 401 for headers that name nobody, 403 for a key that may not do this."""
    headers = [request.headers.get(name, "") for name in ("x-api-key", "x-business-id", "x-user-id")]
    if not all(headers):
        raise Problem.detail(401, "Authentication credentials were not provided.", "not_authenticated")
    api_key, business_id, user_id = headers
    caller = await _caller(store, digest_of(api_key))
    if caller is None or not caller.answers_to(business_id, user_id):
        raise Problem.unknown_caller()
    if caller.scope < needed:
        raise Problem.detail(
            403, f"This key may not do this; a key with the scope '{needed.name.lower()}' may.", "permission_required"
        )
    if store.keys.is_due(caller.key_id, now, _NOTED_EVERY):
        store.write_soon(lambda connection: note_use(connection, caller.key_id, now=now))
    return caller


async def _caller(store: Store, digest: str) -> Caller | None:
    caller = store.keys.known(digest)
    if caller is None:
        caller = await store.read(lambda connection: load_caller(connection, digest))
        if caller is not None:
            store.keys.remember(digest, caller)
    return caller


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Problem.detail(413, f"The body is larger than {MOST_BYTES} bytes.", "body_too_large")
    return bytes(body)


def _parsed(text: bytes) -> Any:
    try:
        value = json.loads(text.decode(), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Problem.detail(400, "The body is not UTF-8.", "parse_error") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise Problem.detail(400, f"JSON parse error - {error}", "parse_error") from None
    _check_values(value)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _check_values(value: Any) -> None:
    """Refuse what could not be stored or shown again: deep nesting, NUL characters, half surrogate pairs."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        if not level:
            return
        texts = [item for item in level if isinstance(item, str)]
        lists = [item for item in level if isinstance(item, list)]
        mappings = [item for item in level if isinstance(item, dict)]
        _check_texts(texts)
        level = [inner for items in lists for inner in items]
        level += [part for mapping in mappings for pair in mapping.items() for part in pair]
    raise _too_deep()


def _check_texts(texts: list[str]) -> None:
    for text in texts:
        if "\x00" in text or (not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)):
            raise Problem.detail(400, "The body holds a character that is not text.", "parse_error")


def _too_deep() -> Problem:
    return Problem.detail(400, f"The body is nested deeper than {_DEEPEST} levels.", "parse_error")

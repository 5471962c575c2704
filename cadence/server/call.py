"""One call of the API: who calls, with what, and how it is answered."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import Response

from cadence.server.bodies.body import checked
from cadence.server.paging import page_of, paged
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from pydantic import BaseModel
    from sqlalchemy import Connection
    from starlette.requests import Request

    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller, Scope
    from cadence.server.store.store import Store

__all__ = ["Call", "answer", "authenticate"]

_Body = TypeVar("_Body", bound="BaseModel")
_T = TypeVar("_T")

MOST_BYTES = 1 << 20
_DEEPEST = 40


class Call:
    """A request by a caller who may make it."""

    def __init__(self, request: Request, store: Store, caller: Caller, *, now: datetime) -> None:
        self.request = request
        self.store = store
        self.caller = caller
        self.now = now

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
        return checked(model, {} if optional and not text.strip() else _parsed(text))

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads."""
        return await self.store.read(work)

    async def write(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* writes, once it is durable."""
        return await self.store.write(work)

    def paged(self, rows: Sequence[Any], count: int, page: Page | None = None) -> Response:
        """Return a page of a list as a response."""
        return answer(paged(rows, count, page or self.page, self.request.url))


def answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, dict(headers or {}), "application/json")


async def authenticate(request: Request, store: Store, needed: Scope) -> Caller:
    """Return who calls. Raises Problem: 401 for headers that name nobody, 403 for a key that may not do this."""
    headers = [request.headers.get(name, "") for name in ("x-api-key", "x-business-id", "x-user-id")]
    if not all(headers):
        raise Problem.detail(401, "Authentication credentials were not provided.", "not_authenticated")
    api_key, business_id, user_id = headers
    caller = store.keys.held(api_key, business_id, user_id) or await store.read(
        lambda connection: store.keys.stored(connection, api_key, business_id, user_id)
    )
    if caller is None:
        raise Problem.detail(401, "The API key, business or user is not valid.", "not_authenticated")
    if caller.scope < needed:
        raise Problem.detail(
            403, f"This key may not do this; a key with the scope '{needed.name.lower()}' may.", "permission_required"
        )
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

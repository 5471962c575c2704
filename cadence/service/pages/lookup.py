"""The project's ledger, as the pages read it: in a thread, and in words where it cannot be read."""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from cadence.errors import ConfigError, LedgerError
from cadence.ledger import open_readonly

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection
    from starlette.responses import Response

    from cadence.service.pages.visit import Visit

__all__ = ["SIZE", "NoLedger", "look_up", "page_number", "said_of", "with_ledger"]

_T = TypeVar("_T")
SIZE = 50
"""How many rows a page of a list has."""
_LAST_PAGE = 1000
_UNAVAILABLE = 503


class NoLedger(Exception):  # noqa: N818 - reads as the condition it names
    """Raised where nothing was ever applied in this project."""


async def look_up(visit: Visit, question: Callable[[Connection], _T]) -> _T:
    """Return what *question*, one of `cadence.ledger.browsing`, reads. Raises NoLedger, LedgerError, ConfigError."""
    url = visit.site.settings.ledger_url

    def read() -> _T:
        ledger = open_readonly(url)
        if ledger is None:
            raise NoLedger
        with ledger:
            return ledger.browse(question)

    return await asyncio.to_thread(read)


def with_ledger(handler: Callable[[Visit], Awaitable[Response]]) -> Callable[[Visit], Awaitable[Response]]:
    """Return *handler* with a page in words for a ledger that is missing, of another version, damaged or away."""

    @wraps(handler)
    async def answer(visit: Visit) -> Response:
        try:
            return await handler(visit)
        except NoLedger:
            return visit.page("ledger/none.html")
        except (LedgerError, ConfigError) as error:
            said, hint = said_of(error)
            return visit.page("ledger/away.html", _UNAVAILABLE, said=said, hint=hint)

    return answer


def said_of(error: LedgerError | ConfigError) -> tuple[str, str]:
    """Return what went wrong and the way out, as sentences."""
    return _sentence(error.message), _sentence(error.hint or "")


def page_number(visit: Visit) -> int:
    """Return the page of a list that the address asks for, from 1; the first where it says nothing sensible."""
    text = visit.asked("page")
    return min(int(text[:9]), _LAST_PAGE) or 1 if text.isascii() and text.isdigit() else 1


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""

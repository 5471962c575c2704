"""Pages of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.datastructures import QueryParams

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import URL

__all__ = ["LAST_PAGE", "MOST_SIZE", "Page", "frame_of", "paged"]

_SIZE = 100
MOST_SIZE = 1000
LAST_PAGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, and how many rows it holds at most."""

    number: int
    size: int

    @classmethod
    def of(cls, number: int | None, size: int | None) -> Page:
        """Return the page asked for, the first hundred where nothing is said."""
        return cls(number or 1, size or _SIZE)

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.number - 1) * self.size


def paged(rows: Sequence[Any], count: int, page: Page, url: URL) -> dict[str, Any]:
    """Return the page as the API shows it, with absolute links to its neighbours."""
    return {**frame_of(len(rows), count, page, url), "results": list(rows)}


def frame_of(shown: int, count: int, page: Page, url: URL) -> dict[str, Any]:
    """Return the page without its rows, of which *shown* are in it."""
    more = 0 < shown < count - page.offset
    return {
        "count": count,
        "next": _link(url, page, page.number + 1) if more else None,
        "previous": _link(url, page, page.number - 1) if page.number > 1 else None,
        "results": [],
        "errors": [],
    }


def _link(url: URL, page: Page, number: int) -> str:
    """Return the address of another page of the same size, for which the body may have asked."""
    is_said = page.size == _SIZE or "page_size" in QueryParams(url.query)
    size = {} if is_said else {"page_size": page.size}
    return str(url.include_query_params(**size, page=number))

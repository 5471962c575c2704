"""Pages of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import URL

__all__ = ["Page", "page_of", "paged"]

_SIZE = 100
_MOST_SIZE = 1000
_LAST = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, and how many rows it holds at most."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.number - 1) * self.size


def page_of(number: str | int | None, size: str | int | None) -> Page:
    """Return the page asked for. Raises Problem for one that cannot be."""
    return Page(_whole(number, "page", 1, _LAST), _whole(size, "page_size", _SIZE, _MOST_SIZE))


def paged(rows: Sequence[Any], count: int, page: Page, url: URL) -> dict[str, Any]:
    """Return the page as the API shows it, with absolute links to its neighbours."""
    more = page.offset + len(rows) < count and len(rows) > 0
    return {
        "count": count,
        "next": str(url.include_query_params(page=page.number + 1)) if more else None,
        "previous": str(url.include_query_params(page=page.number - 1)) if page.number > 1 else None,
        "results": list(rows),
        "errors": [],
    }


def _whole(value: str | int | None, field: str, default: int, most: int) -> int:
    if value is None:
        return default
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise Problem(400, {field: [f"Must be a whole number from 1 to {most}."]})
    return int(text)

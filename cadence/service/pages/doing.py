"""What may be done at a page, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from cadence.server.store.keys import Scope
    from cadence.service.pages.visit import Visit

__all__ = ["Doing", "Doings"]


@dataclass(frozen=True, slots=True)
class Doing:
    """One method of one path: the scope that it takes, and what answers."""

    scope: Scope
    handler: Callable[[Visit], Awaitable[Response]]


Doings = dict[str, Doing]
"""For each method of a path what it does."""

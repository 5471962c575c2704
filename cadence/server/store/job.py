"""One write that waits for its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cadence.server.problem import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cadence.server.store.audit import Signature

__all__ = ["Job", "Together"]

_Item = TypeVar("_Item")
_T = TypeVar("_T")

Together = Callable[["Connection", Sequence[_Item]], Sequence[_T | Problem]]
"""Work on many items at once: for each its result, or what is wrong with it, which leaves no trace of that item."""


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """Either `work` of its own, or an `item` of work that is done for many `together`."""

    work: Callable[[Connection], Any] | None = None
    together: Together[Any, Any] | None = None
    item: Any = None
    signature: Signature | None
    subject: Callable[[Any], str]
    future: asyncio.Future[Any] = field(default_factory=_future)
    result: Any = None
    error: BaseException | None = None

    def run(self, connection: Connection) -> None:
        """Do the work alone. Raises what it raises."""
        if self.work is not None:
            self.result = self.work(connection)
        elif self.together is not None:
            self.take(self.together(connection, [self.item])[0])

    def take(self, outcome: Any) -> None:
        """Keep what came of the item."""
        if isinstance(outcome, Problem):
            self.error = outcome
        else:
            self.result = outcome

    def settle(self) -> None:
        """Hand over the result, or what went wrong; only after the commit, and in the loop that waits."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)

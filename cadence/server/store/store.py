"""The store: reads at once, writes through the writer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

from cadence.server.identity import IdSource
from cadence.server.store.keys import KeyRing
from cadence.server.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

__all__ = ["Store"]

_T = TypeVar("_T")


class Store:
    """An open store. `ids` makes its ids, `keys` knows who may call."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = Writer(engine)
        self.ids = IdSource()
        self.keys = KeyRing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads, all of it from one snapshot."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads, in this thread."""
        with self._engine.connect() as connection:
            return work(connection)

    async def write(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* returns once it is durable; what it raises undoes it alone."""
        return await self._writer.run(work)

    def write_now(self, work: Callable[[Connection], _T]) -> _T:
        """Do *work* in a transaction of its own, in this thread."""
        with self._engine.execution_options(writes=True).begin() as connection:
            return work(connection)

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        self._writer.close()
        self._engine.dispose()

"""The store: reads at once, writes through the writer."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self, TypeVar

from cadence.server.identity import IdSource
from cadence.server.store.keyring import KeyRing
from cadence.server.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from cadence.server.store.audit import Signature
    from cadence.server.store.job import Together

__all__ = ["Store"]

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_READERS = 8
_PATIENCE_S = 0.05
_LOG = logging.getLogger(__name__)


def _nothing(_result: object) -> str:
    return ""


class Store:
    """An open store. `url` is what it was opened as, `ids` makes its ids, `keys` knows who may call."""

    def __init__(self, engine: Engine, *, reading: Engine, url: str) -> None:
        self.url = url
        self._engine = engine
        self._reading = reading
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="cadence-read")
        self._turn = threading.Lock()
        self.ids = IdSource()
        self.keys = KeyRing()
        self._writer = Writer(engine, self.ids)
        self._soon: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads, all of it from one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read_in_turn, work)

    def read_now(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* reads, in this thread."""
        with self._reading.connect() as connection:
            return work(connection)

    def _read_in_turn(self, work: Callable[[Connection], _T]) -> _T:
        """Read once the read before is done: threads that pass the interpreter's lock to and fro take twice as long.

        A read that is slow has its time in the database, without that lock, and is not waited for.
        """
        is_mine = self._turn.acquire(timeout=_PATIENCE_S)
        try:
            return self.read_now(work)
        finally:
            if is_mine:
                self._turn.release()

    async def write(
        self,
        work: Callable[[Connection], _T],
        signature: Signature | None = None,
        *,
        subject: Callable[[_T], str] = _nothing,
    ) -> _T:
        """Return what *work* returns once it is durable; what it raises undoes it alone.

        With a *signature* the write is put into the audit, as one of what *subject* tells of the result.
        """
        return await self._writer.run(work, signature, subject)

    async def write_together(
        self,
        work: Together[_Item, _T],
        item: _Item,
        *,
        signature: Signature | None = None,
        subject: Callable[[_T], str] = _nothing,
    ) -> _T:
        """Return what *work* makes of *item* once it is durable, done at once with what others ask of the same work."""
        return await self._writer.run_together(work, item, signature=signature, subject=subject)

    def write_soon(self, work: Callable[[Connection], None]) -> None:
        """Have *work* done, without waiting for it; where that fails, the log says so."""
        task = asyncio.create_task(self.write(work))
        self._soon.add(task)
        task.add_done_callback(self._done_soon)

    def write_now(self, work: Callable[[Connection], _T]) -> _T:
        """Do *work* in a transaction of its own, in this thread."""
        with self._engine.execution_options(writes=True).begin() as connection:
            return work(connection)

    @property
    def written(self) -> tuple[int, int]:
        """How many writes were committed, and in how many commits."""
        return self._writer.writes, self._writer.commits

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        self._writer.close()
        self._readers.shutdown()
        self._engine.dispose()

    def _done_soon(self, task: asyncio.Task[None]) -> None:
        self._soon.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("a note about a key was not kept: %s", type(error).__name__)

"""The one thread that writes: whatever was queued during a commit goes into the next."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from cadence.server.store.batch import Batch
from cadence.server.store.job import Job

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

    from cadence.server.identity import IdSource
    from cadence.server.store.audit import Signature
    from cadence.server.store.job import Together

__all__ = ["Writer"]

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_MOST_JOBS = 512


class Writer:
    """Runs writes one after another, commits them together, and answers only once they are durable.

    It counts the `writes` that were committed and the `commits` that held them.
    """

    def __init__(self, engine: Engine, ids: IdSource) -> None:
        self._engine = engine.execution_options(writes=True)
        self._ids = ids
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.writes = 0
        self.commits = 0

    async def run(
        self, work: Callable[[Connection], _T], signature: Signature | None, subject: Callable[[_T], str]
    ) -> _T:
        """Return what *work* returns, once it is committed. What *work* raises undoes it alone."""
        result: _T = await self._put(Job(work=work, signature=signature, subject=subject))
        return result

    async def run_together(
        self,
        work: Together[_Item, _T],
        item: _Item,
        *,
        signature: Signature | None,
        subject: Callable[[_T], str],
    ) -> _T:
        """Return what *work* makes of *item*, done at once with whatever else waits for the same work."""
        result: _T = await self._put(Job(together=work, item=item, signature=signature, subject=subject))
        return result

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    async def _put(self, job: Job) -> Any:
        self._start()
        self._queue.put(job)
        return await job.future

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                # A daemon, because nothing that was not answered is owed to anybody when the process ends.
                self._thread = threading.Thread(target=self._serve, name="cadence-store", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        running = True
        while running:
            jobs, running = self._next_jobs()
            if jobs:
                self._commit(jobs)
                _settle(jobs)

    def _commit(self, jobs: Sequence[Job]) -> None:
        try:
            with self._engine.connect() as connection:
                try:
                    with connection.begin() as transaction:
                        if not Batch(connection, jobs, self._ids).carry_out():
                            transaction.rollback()
                except BaseException:
                    # SQLite stays inside a transaction that could not be committed, which SQLAlchemy takes for ended.
                    connection.invalidate()
                    raise
        except Exception as error:  # noqa: BLE001 - a failed commit is every waiting request's failure
            for job in jobs:
                job.error = error
        else:
            self.commits += 1
            self.writes += sum(job.error is None for job in jobs)

    def _next_jobs(self) -> tuple[list[Job], bool]:
        jobs: list[Job] = []
        job = self._queue.get()
        while job is not None:
            if not job.future.cancelled():
                jobs.append(job)
            if len(jobs) >= _MOST_JOBS:
                return jobs, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False


def _settle(jobs: Sequence[Job]) -> None:
    """Answer all who wait in one event loop at once: waking it takes as long as a row takes to write."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.future.get_loop(), []).append(job)
    for loop, waiting in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed has nobody waiting in it
            loop.call_soon_threadsafe(_hand_over, waiting)


def _hand_over(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()

"""The one thread that writes: whatever was queued during a commit goes into the next."""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

__all__ = ["Writer"]

_T = TypeVar("_T")
_MOST_JOBS = 512


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def attempt(self, connection: Connection, *, alone: bool) -> None:
        """Do the work, unless *alone* in a savepoint of its own, so that refusing it does not undo its neighbours."""
        try:
            with nullcontext() if alone else connection.begin_nested():
                self.result = self.work(connection)
        except Exception as error:  # noqa: BLE001 - belongs to whoever asked, in the other thread
            self.error = error

    def settle(self, failure: BaseException | None = None) -> None:
        """Hand over the result, or what went wrong; only after the commit."""
        error = failure or self.error
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Runs writes one after another, commits them together, and answers only once they are durable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(writes=True)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    async def run(self, work: Callable[[Connection], _T]) -> _T:
        """Return what *work* returns, once it is committed. What *work* raises undoes it alone."""
        job = _Job(work)
        self._start()
        self._queue.put(job)
        result: _T = await asyncio.wrap_future(job.future)
        return result

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                # A daemon, because nothing that was not answered is owed to anybody when the process ends.
                self._thread = threading.Thread(target=self._serve, name="cadence-store", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        with self._engine.connect() as connection:
            running = True
            while running:
                batch, running = self._next_batch()
                if batch:
                    _commit(connection, batch)

    def _next_batch(self) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                batch.append(job)
            if len(batch) >= _MOST_JOBS:
                return batch, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False


def _commit(connection: Connection, batch: list[_Job]) -> None:
    failure: BaseException | None = None
    try:
        with connection.begin() as transaction:
            for job in batch:
                job.attempt(connection, alone=len(batch) == 1)
            if len(batch) == 1 and batch[0].error is not None:
                transaction.rollback()
    except Exception as error:  # noqa: BLE001 - a failed commit is every waiting request's failure
        failure = error
        # SQLite stays inside a transaction that could not be committed, which SQLAlchemy takes for ended.
        connection.invalidate()
    for job in batch:
        job.settle(failure)

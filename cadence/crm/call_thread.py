"""A thread that makes one call after another for those who must not block."""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CallThread"]

_Call = tuple["Future[Any]", "Callable[[], Any]"]


class CallThread:
    """Not a pool of the standard library: at the end of the program that would wait for a call that never returns."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Have *call* made. A future that could be cancelled was not begun, and never will be."""
        future: Future[Any] = Future()
        context = contextvars.copy_context()
        self._calls.put((future, lambda: context.run(call)))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="cadence client", daemon=True)
            self._thread.start()
        return future

    def close(self) -> None:
        """End the thread after the calls before; it is not waited for."""
        self._calls.put(None)

    def _run(self) -> None:
        while (entry := self._calls.get()) is not None:
            future, call = entry
            if future.set_running_or_notify_cancel():
                _make(call, future)
            del entry, future, call


def _make(call: Callable[[], Any], future: Future[Any]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - whatever it was, it must not end the thread
        future.set_exception(_bearable(error))
    else:
        future.set_result(result)


def _bearable(error: BaseException) -> Exception:
    """Return the error, or another in place of one that would mean something else to those who wait."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration | CancelledError):
        return error
    return RuntimeError(type(error).__name__)

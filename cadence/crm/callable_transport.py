"""The transport over a client that somebody else made and opened: any function that sends a request.

A CRM's code step has such a client; with it no connection of our own is opened and no key is needed.
"""

from __future__ import annotations

import asyncio
import inspect
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cadence.crm.call_thread import CallThread
from cadence.crm.foreign import reply_from
from cadence.crm.transport import MAX_ANSWER, TOO_LATE, Outcome, always
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import NotConnected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from cadence.crm.transport import Reply

__all__ = ["CallableTransport"]


class CallableTransport:
    """Calls `client(method, path, json=body)` for every request; without a body, `client(method, path)`.

    A coroutine function is awaited. Any other is called in a thread, one call after another, so that a time-out holds
    and the client need not be safe for threads. *secret* is blotted out of what is quoted.
    """

    def __init__(
        self, client: Callable[..., Any], *, now: Callable[[], datetime], timeout_s: float = 30.0, secret: str = ""
    ) -> None:
        self._client = client
        self._now = now
        self._timeout_s = timeout_s
        self._secret = secret
        self._thread = None if _is_coroutine_function(client) else CallThread()

    @property
    def one_at_a_time(self) -> bool:
        """Whether requests queue for one thread: what waits there has had its turn, however long it waits."""
        return self._thread is not None

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        limit: int = MAX_ANSWER,
        may_go: Callable[[], bool] = always,
    ) -> Outcome:
        """Send one request and return what became of it: not sent only where the client raised NotConnected for it."""
        address = f"{path}?{urlencode(query)}" if query else path
        call = _Call(partial(self._client, method, address, **({} if body is None else {"json": body})), may_go)
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await call.response(self._thread)
        except TimeoutError:
            return call.unanswered(self._timeout_s)
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            return InDoubt("CancelledError in the client")
        except NotConnected as error:
            return NotSent(str(error) or "the client could not connect")
        except Exception as error:  # noqa: BLE001 - what a client may raise is not known, and the request may have left
            # Many clients raise for a 4xx, with the answer on the error. Its text is not repeated: it may hold a key.
            reply = self._read(getattr(error, "response", None), limit)
            return reply or InDoubt(f"{type(error).__name__} in the client")
        reply = self._read(response, limit)
        return reply or InDoubt(f"the client returned a '{type(response).__name__}' without a status")

    async def aclose(self) -> None:
        """Let the thread end; the client stays open, for it is not ours."""
        if self._thread is not None:
            self._thread.close()

    def _read(self, response: Any, limit: int) -> Reply | None:
        return reply_from(response, now=self._now(), secret=self._secret, limit=limit)


class _Call:
    """One call of the client, so that after a time-out it is known whether it was ever begun."""

    def __init__(self, call: Callable[[], Any], may_go: Callable[[], bool]) -> None:
        self._made = call
        self._may_go = may_go
        self._future: Future[Any] | None = None

    async def response(self, thread: CallThread | None) -> Any:
        if thread is None:
            return await self._call()
        self._future = thread.submit(self._call)
        response = await asyncio.wrap_future(self._future)
        return await response if inspect.isawaitable(response) else response

    def _call(self) -> Any:
        if not self._may_go():
            raise NotConnected(TOO_LATE)
        return self._made()

    def unanswered(self, timeout_s: float) -> Outcome:
        if self._future is not None and self._future.cancel():
            return NotSent(f"the client was busy with another request for {timeout_s:g} s")
        return InDoubt(f"no answer within {timeout_s:g} s")


def _is_cancelled() -> bool:
    """Return whether it is this task that was cancelled, and not something that the client waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _is_coroutine_function(client: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(client) or inspect.iscoroutinefunction(type(client).__call__)

"""The task beside the server that sends what the outbox holds."""

from __future__ import annotations

import asyncio
import logging
import secrets
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

from sqlalchemy.exc import SQLAlchemyError

from cadence.model.people import stable_id
from cadence.server.store import endpoints, outbox
from cadence.server.store.audit import Signature, write_down
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.outbox import Attempt, Tried
from cadence.service.webhooks.schedule import GONE, settlement_of
from cadence.service.webhooks.sender import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.clock import Clock
    from cadence.server.store.outbox import Errand
    from cadence.server.store.store import Store
    from cadence.service.webhooks.sender import Sender

__all__ = ["DELIVERER", "Deliverer"]

DELIVERER = stable_id("user", "webhooks")
"""Who the audit names for an endpoint that is disabled because its receiver is gone."""

_MOST = 256
_POLL_S = 0.5
_GATHER_S = 0.02
_AFTER_FAILURE_S = 5
_ENDING_S = 5
_MARGIN_S = 5
_KEPT = timedelta(days=30)
_PRUNE_EVERY_S, _PRUNED_AT_ONCE = 60, 500
_LOG = logging.getLogger(__name__)


def _draw() -> float:
    return secrets.randbelow(1 << 53) / (1 << 53)


class Deliverer:
    """Sends while it is entered. Others may do the same on the same store: what one has in hand, no other takes.

    It looks every *poll_s* seconds for what is due.
    """

    def __init__(
        self,
        store: Store,
        sender: Sender,
        *,
        clock: Clock,
        draw: Callable[[], float] = _draw,
        poll_s: float = _POLL_S,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._draw = draw
        self._poll_s = poll_s
        self._holder = str(uuid.uuid4())
        # Longer than an attempt, so that nobody else sends while this one does; what was killed goes again after it.
        self._lease = timedelta(seconds=2 * sender.timeout_s + _MARGIN_S)
        self._under_way: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stir = asyncio.Event()
        self._ends = False
        self._pruned_at = float("-inf")
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._sender.__aenter__()
        self._running = asyncio.create_task(self._run(), name="webhooks")
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End: nothing more is taken, and what is under way gets some seconds."""
        self._ends = True
        self._stir.set()
        if self._running is not None:
            await self._running
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_ENDING_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sender.__aexit__()

    async def _run(self) -> None:
        while not self._ends:
            self._stir.clear()
            pause = self._poll_s
            try:
                if await self._start_what_is_due():
                    pause = 0
                else:
                    await self._prune()
            except SQLAlchemyError as error:
                _LOG.warning("webhooks wait for the store: %s", type(error).__name__)
                pause = _AFTER_FAILURE_S
            except Exception:  # noqa: BLE001 - the outermost shell of the task
                # Nothing foresaw it; the next look may find it gone, and ending here would be silence.
                _LOG.exception("webhooks could not be looked for")
                pause = _AFTER_FAILURE_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stir.wait(), pause)
            # What comes to its end within this moment makes room for others at the price of one look.
            await asyncio.sleep(_GATHER_S)

    async def _start_what_is_due(self) -> bool:
        """Begin what may begin; return whether there was anything."""
        now, began, room = self._clock.now(), self._clock.monotonic(), _MOST - self._under_way.total()
        under_way = self._under_way.copy()
        is_any_due = partial(outbox.is_any_due, now=now, under_way=under_way)
        if room <= 0 or not await self._store.read(is_any_due):
            return False
        until = now + self._lease
        take = partial(outbox.take, holder=self._holder, now=now, until=until, most=room, under_way=under_way)
        errands = await self._store.write(take)
        for errand in errands:
            self._under_way[errand.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(errand, began))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return bool(errands)

    async def _deliver(self, errand: Errand, began: float) -> None:
        at, start = self._clock.now(), self._clock.monotonic()
        try:
            if start - began > self._sender.timeout_s + _MARGIN_S - 1:
                return  # the hand may open before the attempt would end
            outcome = await self._outcome(errand, at)
        finally:
            # Others may be sent while this one is written down.
            self._under_way -= Counter([errand.endpoint_id])
            self._stir.set()
        duration_ms = round((self._clock.monotonic() - start) * 1000)
        attempt = Attempt(at, outcome.status, duration_ms, outcome.error)
        settlement = settlement_of(outcome, tries=errand.tries, now=self._clock.now(), draw=self._draw())
        await self._settle(Tried(errand, attempt, settlement))

    async def _outcome(self, errand: Errand, at: datetime) -> Outcome:
        try:
            return await self._sender.send(errand, now=at)
        except Exception as error:  # noqa: BLE001 - the outermost shell of an attempt
            # Nothing foresaw it; it is written down as a failure, so that it is not tried for ever.
            _LOG.exception("a webhook could not be sent")
            return Outcome(None, f"it could not be sent ({type(error).__name__})")

    async def _settle(self, tried: Tried) -> None:
        """Write it down, together with whatever else was tried meanwhile."""
        if tried.attempt.status == GONE:
            await self._store.write(partial(self._settle_gone, tried=tried))
        else:
            await self._store.write_together(outbox.settle, tried)

    def _settle_gone(self, connection: Connection, tried: Tried) -> None:
        outbox.settle(connection, [tried])
        self._disable(connection, tried.errand.endpoint_id, self._clock.now())

    def _disable(self, connection: Connection, endpoint_id: str, now: datetime) -> None:
        business_id = endpoints.disable(connection, endpoint_id, reason="the receiver answered 410 Gone", now=now)
        if business_id is not None:
            caller = Caller(business_id, DELIVERER, Scope.ADMIN)
            signature = Signature(caller, now, request_id="", action="webhook disabled", fields=("enabled",))
            write_down(connection, [signature.row(self._store.ids.next(now), endpoint_id)])

    async def _prune(self) -> None:
        if self._clock.monotonic() - self._pruned_at < _PRUNE_EVERY_S:
            return
        self._pruned_at = self._clock.monotonic()
        before = self._clock.now() - _KEPT
        await self._store.write(partial(outbox.prune, before=before, most=_PRUNED_AT_ONCE))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its own text may quote what was sent. What is not settled goes again when the hand opens.
            _LOG.warning("a webhook was tried, and what came of it is not known: %s", type(error).__name__)

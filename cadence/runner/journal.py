"""The one writer: whatever queues up during a commit goes into the next, with no timer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence.ledger import Transition
    from cadence.runner.port import Machine

__all__ = ["Journal"]


class Journal:
    """Writes transitions through `save`, one batch at a time, so that a single disk flush serves all that wait."""

    def __init__(self, save: Callable[[Sequence[Transition]], None], *, machine: Machine) -> None:
        self._save = save
        self._machine = machine
        self._queue: list[Transition] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, transitions: Sequence[Transition]) -> None:
        """Return once *transitions* are durable; they share a commit. Raises what the ledger raises."""
        if not transitions:
            return
        durable = asyncio.get_running_loop().create_future()
        self._queue.extend(transitions)
        self._waiting.append(durable)
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain())
        await durable

    async def close(self) -> None:
        """Return once nothing is being written; whoever queued it has been told how it went."""
        if self._writer is not None:
            await asyncio.wait({self._writer})

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._commit()
        finally:
            self._writer = None

    async def _commit(self) -> None:
        batch, self._queue = self._queue, []
        waiting, self._waiting = self._waiting, []
        try:
            await self._machine.in_thread(lambda: self._save(batch))
        except BaseException as error:  # noqa: BLE001 - it is raised where the write was asked for
            for durable in waiting:
                if not durable.done():  # nobody waits for it where that was cancelled meanwhile
                    durable.set_exception(error)
        else:
            for durable in waiting:
                if not durable.done():
                    durable.set_result(None)

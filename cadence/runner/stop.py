"""A request to end early: nothing new begins, what is in flight is finished."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Stop"]


class Stop:
    """Set once, by Ctrl-C or by a run that cannot go on; `reason` says why. Belongs to one event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.reason = ""

    @property
    def is_set(self) -> bool:
        """Whether to end early."""
        return self._event.is_set()

    def set(self, reason: str) -> None:
        """End early; the first reason stays."""
        self.reason = self.reason or reason
        self._event.set()

    async def wait(self) -> None:
        """Return once this is set."""
        await self._event.wait()

    async def sleep(self, seconds: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Sleep by *sleep*, no longer than until this is set."""
        sleeping = asyncio.ensure_future(sleep(seconds))
        stopping = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()

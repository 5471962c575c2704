"""Connections to receivers, each lent to one attempt at a time and kept open for the next.

A pool of httpcore asks every connection that it holds for its state whenever a request begins or ends, by a system call
each; with sixteen to one receiver that took longer than all the rest of a delivery.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpcore

from cadence.service.webhooks.outward import Outward

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from cadence.server.webhooks.reach import Reach

__all__ = ["Connections"]

_IDLE_S = 5


class Connections:
    """Lends the connection that was used last, since its receiver is the least likely to have closed it."""

    def __init__(self, reach: Reach, *, tls: ssl.SSLContext | None) -> None:
        self._outward = Outward(reach)
        self._tls = tls
        self._idle: dict[str, list[httpcore.AsyncHTTPConnection]] = {}
        self._swept_at = float("-inf")

    @asynccontextmanager
    async def lend(self, url: str) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """Lend a connection to where *url* leads; it connects when it is first used."""
        await self._sweep()
        origin = httpcore.URL(url).origin
        connection = await self._kept(str(origin)) or self._fresh(origin)
        try:
            yield connection
        finally:
            if connection.is_idle():
                self._idle.setdefault(str(origin), []).append(connection)
            else:
                await connection.aclose()

    async def aclose(self) -> None:
        """Close those that nobody uses."""
        idle, self._idle = self._idle, {}
        for connection in (each for kept in idle.values() for each in kept):
            await connection.aclose()

    async def _kept(self, place: str) -> httpcore.AsyncHTTPConnection | None:
        """Return one that is still open, None where none is."""
        kept = self._idle.get(place, [])
        while kept:
            connection = kept.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _fresh(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        return httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._tls, keepalive_expiry=_IDLE_S, network_backend=self._outward
        )

    async def _sweep(self) -> None:
        """Close, from time to time, what has been idle for too long or was closed from afar."""
        now = asyncio.get_running_loop().time()
        if now - self._swept_at < _IDLE_S:
            return
        self._swept_at = now
        kept, expired = {}, []
        for place, connections in self._idle.items():
            gone = [each for each in connections if each.has_expired()]
            expired += gone
            if len(gone) < len(connections):
                kept[place] = [each for each in connections if each not in gone]
        self._idle = kept
        for connection in expired:
            await connection.aclose()

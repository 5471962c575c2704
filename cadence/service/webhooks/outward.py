"""Connections that lead out and never in, whatever a name resolves to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.server.webhooks.reach import Reach

__all__ = ["Outward"]


class Outward(httpcore.AsyncNetworkBackend):
    """Looks a name up once, checks every address of it, and connects to what was checked and to nothing else.

    The name stays that of the Host header and of TLS, whose certificate is checked against it.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to the first address that takes one. Raises Unreachable, OSError or ConnectError."""
        refusal: httpcore.NetworkError | None = None
        for address in await self._reach.addresses(host, port):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                refusal = error
        assert refusal is not None  # noqa: S101 - a host has an address, or cannot be looked up
        raise refusal

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of httpcore
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no URL of a webhook leads there."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks where it tries again."""
        await self._inner.sleep(seconds)

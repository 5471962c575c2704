"""The process that serves: a socket of its own, one line when it accepts, a bounded end."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import uvicorn

from cadence.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from starlette.types import ASGIApp

__all__ = ["address_of", "listen", "serve"]

_GRACE_S = 10
_BACKLOG = 2048
_HEAD_BYTES = 256 * 1024
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_NOTHING = nullcontext()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to *host* and *port*; port 0 takes a free one.

    Raises ConfigError where that cannot be, with the way out.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise ConfigError(
            f"host '{host}' is not an address of this machine", hint="name one, as in --host 127.0.0.1"
        ) from None
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise _refusal(error, host, port) from None
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """Return the base URL of a socket that was bound to *host*."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"


def serve(
    app: ASGIApp,
    listening: socket.socket,
    *,
    host: str,
    announce: Callable[[str], None],
    beside: AbstractAsyncContextManager[object] = _NOTHING,
) -> None:
    """Answer requests until SIGTERM or Ctrl-C; those under way are finished, for at most ten seconds.

    *announce* gets the base URL once requests are accepted. *beside* is entered all the while.
    """
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_graceful_shutdown=_GRACE_S,
    )
    url = address_of(listening, host)
    with listening:
        asyncio.run(_serve(_Server(config, lambda: announce(url)), listening, beside))


async def _serve(server: _Server, listening: socket.socket, beside: AbstractAsyncContextManager[object]) -> None:
    async with beside:
        await server.serve([listening])


class _Server(uvicorn.Server):
    """Says when it accepts, and takes SIGTERM for the ordinary way to end."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have the signals end the server; unlike uvicorn's own, none is raised again afterwards."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _refusal(error: OSError, host: str, port: int) -> ConfigError:
    match error.errno:
        case errno.EADDRINUSE:
            return ConfigError(
                f"port {port} of {host} is in use",
                hint="end what uses it, or choose another: --port 0 takes a free one",
            )
        case errno.EACCES:
            return ConfigError(f"port {port} may not be used by this user", hint="choose one above 1023")
        case errno.EADDRNOTAVAIL:
            return ConfigError(
                f"host '{host}' is not an address of this machine", hint="name one, as in --host 127.0.0.1"
            )
        case _:
            return ConfigError(f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}")

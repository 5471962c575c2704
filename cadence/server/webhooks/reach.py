"""Where webhooks may go: out, never in, unless settings name the place."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from cadence.server.webhooks.addresses import is_public

__all__ = ["ANYWHERE_PUBLIC", "Reach", "Resolve", "Unreachable", "place_of"]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host. Raises OSError."""

_MOST_CHARACTERS = 2000
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
# What a resolver, or another reader of the URL, takes for an address in decimal, octal or hexadecimal.
_NUMBER = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)")
_LOOK_UP_S = 3


class Unreachable(ValueError):  # noqa: N818 - it says where a webhook may not go
    """A place to which nothing is sent; the text says why."""


class Reach:
    """The public internet, and what *allowed* names: `host` for any port of it, or `host:port`."""

    def __init__(self, allowed: Iterable[str] = (), *, resolve: Resolve | None = None) -> None:
        self._allowed = frozenset(name.lower() for name in allowed)
        self._resolve = resolve or _resolve

    async def check(self, url: str) -> None:
        """Raise Unreachable for a URL that is none of http and https, or whose host may not be sent to.

        A host that cannot be looked up now is let pass: it is looked up again for each delivery.
        """
        host, port = place_of(url)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LOOK_UP_S):
                await self.addresses(host, port)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of *host*, all of which may be sent to. Raises Unreachable, or OSError."""
        name = host.lower()
        found = [name] if _is_address(name) else list(await self._resolve(name, port))
        if not found:
            raise OSError("the host has no address")
        if not self._names(name, port):
            for address in found:
                if not is_public(address):
                    raise Unreachable(f"'{_shown(host, address)}' is not a public address")
        return found

    def _names(self, host: str, port: int) -> bool:
        shown = f"[{host}]" if ":" in host else host
        return bool(self._allowed & {host, shown, f"{shown}:{port}"})


def place_of(url: str) -> tuple[str, int]:
    """Return host and port of *url*. Raises Unreachable for what two programs might read as two places."""
    if len(url) > _MOST_CHARACTERS or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise Unreachable("it must be a URL of at most 2000 plain characters, as in 'https://example.com/hook'")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unreachable("its host or port cannot be read") from None
    if parts.scheme not in _PORTS:
        raise Unreachable(f"its scheme is '{parts.scheme}', expected http or https")
    if "@" in parts.netloc:
        raise Unreachable("it must hold no user and no password")
    if port == 0 or parts.netloc.endswith(":"):
        raise Unreachable("its port is none")
    _check_host(host, parts.netloc)
    return host, port or _PORTS[parts.scheme]


def _check_host(host: str, netloc: str) -> None:
    if netloc.startswith("["):
        if not _is_address(host) or "%" in host:
            raise Unreachable(f"its host '{host}' is not an address")
    elif _NUMBER.fullmatch(host):
        if not _is_address(host):
            raise Unreachable(f"its host '{host}' is a number, expected an address as in '203.0.113.7' or a name")
    elif not _NAME.fullmatch(host):
        raise Unreachable(f"its host '{host}' is not a name")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _shown(host: str, address: str) -> str:
    return host if host == address else f"{host} ({address})"


async def _resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


ANYWHERE_PUBLIC = Reach()
"""All of the public internet, and nothing else."""

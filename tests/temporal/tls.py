"""TLS before a Temporal server: what a load balancer, or Temporal Cloud, would do."""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Certificates", "tls_before"]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificates:
    """Authorities and certificates as files in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.authority("ours")
        self.authority("others")

    def authority(self, name: str) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.path(f"{name}.pem"))
        for who, not_after in (("client", None), ("expired", LONG_AGO)):
            self._issue(authority, f"{name}-{who}", "client.example", not_after=not_after)
        self._issue(authority, f"{name}-server", "127.0.0.1")
        self._issue(authority, f"{name}-elsewhere", "temporal.example")
        self._issue(authority, f"{name}-late", "127.0.0.1", not_after=LONG_AGO)

    def _issue(self, authority: trustme.CA, name: str, identity: str, *, not_after: datetime | None = None) -> None:
        issued = authority.issue_cert(identity, not_after=not_after)
        issued.private_key_pem.write_to_path(self.path(f"{name}.key"))
        for pem in issued.cert_chain_pems:
            pem.write_to_path(self.path(f"{name}.crt"), append=True)

    def path(self, name: str) -> str:
        return str(self.folder / name)


@contextmanager
def tls_before(
    port: int, certificates: Certificates, *, server: str = "server", clients: bool = False
) -> Iterator[int]:
    """Yield the port of a proxy that takes TLS and talks to *port*; *clients* must show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.path(f"ours-{server}.crt"), certificates.path(f"ours-{server}.key"))
    context.set_alpn_protocols(["h2"])
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates.path("ours.pem"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = asyncio.run_coroutine_threadsafe(_listen(port, context), loop).result(10)
    yield proxy.sockets[0].getsockname()[1]
    asyncio.run_coroutine_threadsafe(_end(proxy), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _listen(port: int, context: ssl.SSLContext) -> asyncio.Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        except asyncio.CancelledError:
            pass  # by the end of the proxy
        finally:
            writer.transport.abort()
            back.transport.abort()

    return await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    with suppress(OSError):
        writer.close()


async def _end(proxy: asyncio.Server) -> None:
    proxy.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0.05)  # for transports to close

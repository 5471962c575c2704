"""Creates a second of each transport at 32 connections, as a multiple of a plain loop over httpx.AsyncClient.

The plain loop has httpx's own pool, which keeps 20 of its connections. What our transport on httpx costs is told by a
loop that keeps all 32, as it does: making a connection anew is cheap only where there is no TLS, and the pool looks
through all that it keeps for each request. The server is a stub in a process of its own, so these figures bound what a
CRM could be sent, and compare clients.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import uvloop

from cadence.crm.aiohttp_transport import AiohttpTransport
from cadence.crm.callable_transport import CallableTransport
from cadence.crm.client import CrmClient
from cadence.crm.credentials import Credentials
from cadence.crm.httpx_transport import HttpxTransport
from cadence.delivery.answer import Accepted
from tests.benchmarks.verdict import Measure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cadence.crm.transport import Transport

    Send = Callable[[], Awaitable[bool]]

AT_ONCE = 32
ROUNDS = 5
SECONDS = 0.8
BODY = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": "Hello\n[cadence 7f3k9a2b1c4d]"}
PATH = "/api/activities/scheduled-activity"


def now() -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC)


async def plain(credentials: Credentials, **pool: Any) -> float:
    """Send as a programmer would without Cadence: one client, and the status looked at."""
    async with httpx.AsyncClient(
        base_url=credentials.base_url, headers=credentials.headers, trust_env=False, timeout=30, **pool
    ) as client:

        async def send() -> bool:
            return (await client.post(PATH, json=BODY)).status_code == httpx.codes.CREATED

        return await _rate(send)


async def plain_with_all_kept(credentials: Credentials) -> float:
    return await plain(credentials, limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE))


async def ours(transport: Transport) -> float:
    async with CrmClient(transport) as client:

        async def send() -> bool:
            return isinstance(await client.create_activity(BODY), Accepted)

        return await _rate(send)


async def over_httpx(credentials: Credentials) -> float:
    return await ours(HttpxTransport(credentials, now=now, connections=AT_ONCE))


async def over_aiohttp(credentials: Credentials) -> float:
    return await ours(AiohttpTransport(credentials, now=now, connections=AT_ONCE))


async def over_a_client(credentials: Credentials) -> float:
    with httpx.Client(base_url=credentials.base_url, headers=credentials.headers, trust_env=False) as client:
        return await ours(CallableTransport(client.request, now=now))


PLAIN, ALL_KEPT = "plain httpx.AsyncClient", "the same, keeping all connections"
WAYS: dict[str, tuple[Callable[[Credentials], Any], Callable[..., Any]]] = {
    PLAIN: (plain, asyncio.run),
    ALL_KEPT: (plain_with_all_kept, asyncio.run),
    "creates/s: httpx": (over_httpx, asyncio.run),
    "creates/s: aiohttp": (over_aiohttp, asyncio.run),
    "creates/s: aiohttp on uvloop": (over_aiohttp, uvloop.run),
    "creates/s: client handed over": (over_a_client, asyncio.run),
}
AIMS = {  # the way, what it is compared with, and at least how many times as fast it is to be
    "creates/s: httpx": (ALL_KEPT, 0.8),
    "creates/s: aiohttp": (PLAIN, 5),
    "creates/s: aiohttp on uvloop": (PLAIN, 10),
    "creates/s: client handed over": (PLAIN, 0.5),
}


def measure() -> list[Measure]:
    """Return the ratios of the medians, measured by turns so that all meet the same noise."""
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    with stub() as base_url:
        credentials = Credentials(base_url, "key", "business", "user")
        for _ in range(ROUNDS):
            for name, (way, run) in WAYS.items():
                rates[name].append(run(way(credentials)))
    medians = {name: statistics.median(each) for name, each in rates.items()}
    return [
        Measure(name, f"{medians[name]:,.0f} : {medians[base]:,.0f}", medians[name] / medians[base], "at least", aim)
        for name, (base, aim) in AIMS.items()
    ]


@contextmanager
def stub(delay_ms: int = 0) -> Iterator[str]:
    """Yield the address of the stub, which ends when its standard input does."""
    command = [sys.executable, "-m", "tests.benchmarks.stub_crm", str(delay_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


async def _rate(send: Send) -> float:
    """Return how many are sent in a second by so many senders; one that is not accepted ends the benchmark."""
    for _ in range(2):
        if not all(await asyncio.gather(*(send() for _ in range(AT_ONCE)))):
            raise SystemExit("the stub did not accept a create")
    began = time.perf_counter()
    counts = await asyncio.gather(*(_sender(send, began + SECONDS) for _ in range(AT_ONCE)))
    return sum(counts) / (time.perf_counter() - began)


async def _sender(send: Send, until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        if not await send():
            raise SystemExit("the stub did not accept a create")
        count += 1
    return count


if __name__ == "__main__":
    from tests.benchmarks.verdict import table

    sys.stdout.write(table(measure()) + "\n")

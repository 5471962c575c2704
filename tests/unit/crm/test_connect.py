"""Which transport a client goes over, and what a bulk run's is made with."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from cadence.crm.aiohttp_transport import AiohttpTransport
from cadence.crm.asgi_transport import AsgiTransport
from cadence.crm.client import CrmClient, connect
from cadence.crm.credentials import Credentials
from cadence.crm.httpx_transport import HttpxTransport
from cadence.delivery.answer import Answer, NotSent
from tests.contracts.crm.faulty import Exchange, FaultyCrm, answer, faulty_crm

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CREDENTIALS = Credentials("https://crm.example.com", "key", "b-1", "u-1")
ACTIVITY = {"id": "a-1"}


def over(connections: int, *, timeout_s: float, base_url: str) -> CrmClient:
    credentials = Credentials(base_url, "key", "b-1", "u-1")
    return CrmClient(AiohttpTransport(credentials, now=lambda: NOW, timeout_s=timeout_s, connections=connections))


def transport_of(client: CrmClient) -> Any:
    return client._link.transport  # noqa: SLF001 - what it goes over shows nowhere else


def test_one_record_goes_over_httpx_and_many_over_aiohttp() -> None:
    assert isinstance(transport_of(connect(CREDENTIALS, now=lambda: NOW)), HttpxTransport)
    assert isinstance(transport_of(connect(CREDENTIALS, now=lambda: NOW, connections=8)), AiohttpTransport)
    in_process = connect(CREDENTIALS, now=lambda: NOW, connections=8, app=object())
    assert isinstance(transport_of(in_process), AsgiTransport)


def test_without_the_extra_bulk_many_go_over_httpx_too() -> None:
    program = """
import sys
from datetime import UTC, datetime
from importlib.machinery import PathFinder
PathFinder.find_spec = (lambda find: lambda name, *rest: None if name == "aiohttp" else find(name, *rest))(PathFinder.find_spec)
from cadence.crm.client import connect
from cadence.crm.credentials import Credentials
client = connect(Credentials("https://crm.example.com", "key", "b-1", "u-1"), now=lambda: datetime.now(UTC), connections=8)
print(type(client._link.transport).__name__, "aiohttp" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "HttpxTransport False\n"


def test_a_client_may_be_made_before_there_is_an_event_loop_and_closed_unused() -> None:
    client = over(4, timeout_s=1, base_url="http://127.0.0.1:9")
    asyncio.run(client.aclose())


@pytest.mark.parametrize("connections", [1, 4])
def test_no_more_connections_are_made_than_were_asked_for(connections: int) -> None:
    async def keep(exchange: Exchange) -> None:
        while True:
            await answer(201, ACTIVITY)(exchange)

    async def call() -> FaultyCrm:
        async with faulty_crm(keep) as crm, over(connections, timeout_s=10, base_url=crm.base_url) as client:
            await asyncio.gather(*(client.create_activity({}) for _ in range(20)))
            return crm

    crm = asyncio.run(call())
    assert (crm.connections, len(crm.requests)) == (connections, 20)


def test_a_request_that_waited_in_vain_for_a_connection_is_not_sent() -> None:
    held = asyncio.Event()

    async def hang(exchange: Exchange) -> None:
        await exchange.read_request()
        held.set()
        await asyncio.sleep(30)

    async def call() -> tuple[Answer, FaultyCrm]:
        async with faulty_crm(hang) as crm, over(1, timeout_s=10, base_url=crm.base_url) as client:
            holding = asyncio.create_task(client.create_activity({}))
            await held.wait()
            transport_of(client)._timeout_s = 0.1  # noqa: SLF001 - the one that holds the connection has longer
            waiting = await client.create_activity({})
            holding.cancel()
            return waiting, crm

    answered, crm = asyncio.run(call())
    assert answered == NotSent("no answer within 0.1 s")
    assert len(crm.requests) == 1

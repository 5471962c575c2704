"""What is known of the connection: whether it was made, and that nothing goes twice over one that was kept.

Exception classes lie, so each case is a real connection, and counts what really reached the other end.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent
from tests.contracts.crm.faulty import Exchange, FaultyCrm, answer, faulty_crm
from tests.contracts.crm.ways import BODY, ID, WAYS, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cadence.crm.client import CrmClient

    Call = Callable[[CrmClient], Awaitable[Answer]]

KEEPING = [way for way in WAYS if way.keeps_connections]
SEEING = [way for way in WAYS if way.sees_the_wire]


def create(client: CrmClient) -> Awaitable[Answer]:
    return client.create_activity(BODY)


def created_at(way: Way, base_url: str) -> Answer:
    async def call() -> Answer:
        async with way.client(base_url) as client:
            return await client.create_activity(BODY)

    outcome: Answer = way.run(call())
    return outcome


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_request_that_may_no_longer_go_when_there_is_a_connection_is_not_sent(way: Way) -> None:
    def too_late(client: CrmClient) -> Awaitable[Answer]:
        return client.create_activity(BODY, may_go=lambda: False)

    answers, crm = way.called(answer(201, {"id": ID}), create, too_late, too_late, create)
    late = NotSent("it was not sent: the run was paused or stopped")
    assert answers == [Accepted(ID), late, late, Accepted(ID)]
    assert len(crm.requests) == 2


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_change_that_may_no_longer_go_when_there_is_a_connection_is_not_sent(way: Way) -> None:
    def patch(client: CrmClient) -> Awaitable[Answer]:
        return client.patch_activity(ID, {"note": "Hello"}, may_go=lambda: False)

    def delete(client: CrmClient) -> Awaitable[Answer]:
        return client.delete_activity(ID, may_go=lambda: False)

    answers, crm = way.called(answer(201, {"id": ID}), create, patch, delete, delete, create)
    late = NotSent("it was not sent: the run was paused or stopped")
    assert answers == [Accepted(ID), late, late, late, Accepted(ID)]
    assert len(crm.requests) == 2


@pytest.mark.parametrize("way", SEEING, ids=lambda way: way.name)
def test_a_request_is_not_asked_whether_it_may_go_before_there_is_a_connection(way: Way) -> None:
    asked = []

    def look() -> bool:
        asked.append("asked")
        return True

    async def call() -> Answer:
        async with way.client(f"http://127.0.0.1:{free_port()}") as client:
            return await client.create_activity(BODY, may_go=look)

    assert isinstance(way.run(call()), NotSent)
    assert asked == []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def full_house() -> Iterator[int]:
    """Yield a port at which no connection is ever made: those that wait to be accepted fill its queue."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(listening.getsockname())
        try:
            yield listening.getsockname()[1]
        finally:
            for each in waiting:
                each.close()


def test_a_port_where_nobody_listens_is_not_sent(way: Way) -> None:
    assert isinstance(created_at(way, f"http://127.0.0.1:{free_port()}"), NotSent)


def test_a_name_that_has_no_address_is_not_sent(way: Way) -> None:
    outcome = created_at(way, "https://nowhere.invalid")
    assert isinstance(outcome, NotSent if way.sees_the_wire else NotSent | InDoubt)


@pytest.mark.parametrize("way", SEEING, ids=lambda way: way.name)
def test_a_connection_that_is_not_made_in_time_is_not_sent(way: Way) -> None:
    with full_house() as port:
        assert isinstance(created_at(way, f"http://127.0.0.1:{port}"), NotSent)


@pytest.mark.parametrize("way", SEEING, ids=lambda way: way.name)
def test_what_stays_on_this_machine_goes_past_the_proxy(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert way.created(answer(201, {"id": ID}))[0] == Accepted(ID)


def test_a_server_that_speaks_no_tls_is_not_sent_to(way: Way) -> None:
    async def fault(exchange: Exchange) -> None:
        await exchange.reader.read(10)
        await exchange.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def call() -> tuple[Answer, FaultyCrm]:
        async with faulty_crm(fault) as crm, way.client(crm.base_url.replace("http:", "https:")) as client:
            return await client.create_activity(BODY), crm

    outcome, crm = way.run(call())
    assert isinstance(outcome, NotSent if way.sees_the_wire else NotSent | InDoubt)
    assert crm.requests == []


def test_a_reset_after_the_first_byte_is_in_doubt(way: Way) -> None:
    async def reset_after_a_byte(exchange: Exchange) -> None:
        await exchange.reader.read(1)
        exchange.reset()

    outcome, crm = way.created(reset_after_a_byte)
    assert isinstance(outcome, InDoubt)
    assert crm.connections == 1


def test_a_reset_before_reading_is_no_answer_and_nothing_goes_again(way: Way) -> None:
    async def reset_at_once(exchange: Exchange) -> None:
        exchange.reset()

    outcome, crm = way.created(reset_at_once)
    # Which of the two depends on who is faster; a connection that breaks while it is being made carried nothing.
    assert isinstance(outcome, InDoubt | NotSent)
    assert (crm.connections, crm.requests) == (1, [])


def test_a_connection_that_went_stale_in_the_pool_is_not_used_twice(way: Way) -> None:
    answers, crm = way.called(answer(201, {"id": ID}), create, create)
    assert answers == [Accepted(ID), Accepted(ID)]
    assert (crm.connections, len(crm.requests)) == (2, 2)


@pytest.mark.parametrize("way", KEEPING, ids=lambda way: way.name)
@pytest.mark.parametrize(
    "call",
    [
        create,
        lambda client: client.patch_activity(ID, {"note": "x"}),
        lambda client: client.delete_activity(ID),
    ],
    ids=["POST", "PATCH", "DELETE"],
)
@pytest.mark.parametrize("reading", [True, False], ids=["after reading", "at once"])
def test_a_kept_connection_that_breaks_is_in_doubt_and_nothing_goes_again(
    way: Way, call: Call, *, reading: bool
) -> None:
    async def once_then_reset(exchange: Exchange) -> None:
        await answer(201, {"id": ID})(exchange)
        if reading:
            await exchange.read_request()
        else:
            await exchange.reader.read(1)
        exchange.reset()

    answers, crm = way.called(once_then_reset, create, call)
    assert answers[0] == Accepted(ID)
    assert isinstance(answers[1], InDoubt)
    assert (crm.connections, len(crm.requests)) == (1, 1 + reading)


@pytest.mark.parametrize("way", KEEPING, ids=lambda way: way.name)
def test_a_connection_that_closes_while_a_request_is_on_its_way_takes_it_at_most_once(way: Way) -> None:
    """The server closes each connection a moment after its answer, and requests come at about that moment."""

    async def fault(exchange: Exchange) -> None:
        await answer(201, {"id": ID})(exchange)
        await asyncio.sleep(0.01)

    async def call() -> tuple[list[Answer], FaultyCrm]:
        answers = []
        async with faulty_crm(fault) as crm, way.client(crm.base_url) as client:
            for number in range(40):
                answers.append(await client.create_activity(BODY))
                await asyncio.sleep(0.008 + 0.0001 * number)
            return answers, crm

    answers, crm = way.run(call())
    sent = sum(not isinstance(each, NotSent) for each in answers)
    assert sum(each == Accepted(ID) for each in answers) <= len(crm.requests) <= sent


@pytest.mark.parametrize("way", KEEPING, ids=lambda way: way.name)
def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(way: Way) -> None:
    async def answers_twice(exchange: Exchange) -> None:
        await answer(201, {"id": ID})(exchange)
        await asyncio.sleep(0.02)
        await exchange.send(
            b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"id": "other"}'
        )
        await exchange.read_request()
        exchange.reset()

    answers, crm = way.called(answers_twice, create, create)
    assert answers[0] == Accepted(ID)
    assert answers[1] != Accepted("other"), len(crm.requests)

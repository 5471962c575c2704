"""A client that somebody hands over: what it may return and raise, and what each amounts to."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cadence.crm.callable_transport import CallableTransport
from cadence.crm.client import CrmClient
from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from cadence.errors import NotConnected, TargetError
from tests.contracts.crm.ways import BODY, ID, KEY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = {"Content-Type": "application/json"}


def over(client: Callable[..., Any], *, timeout_s: float = 5.0) -> CrmClient:
    return CrmClient(CallableTransport(client, now=lambda: NOW, timeout_s=timeout_s, secret=KEY))


def created(client: Callable[..., Any], *, timeout_s: float = 5.0) -> Answer:
    async def call() -> Answer:
        async with over(client, timeout_s=timeout_s) as opened:
            return await opened.create_activity(BODY)

    return asyncio.run(call())


def returning(response: Any) -> Callable[..., Any]:
    def client(_method: str, _path: str, **_body: Any) -> Any:
        return response

    return client


def raising(error: BaseException) -> Callable[..., Any]:
    def client(_method: str, _path: str, **_body: Any) -> Any:
        raise error

    return client


class Streamed:
    status_code = 400

    @property
    def content(self) -> bytes:
        raise RuntimeError("the stream was closed")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"status": 201, "headers": JSON, "body": f'{{"id": "{ID}"}}'}, Accepted(ID)),
        ({"status": 201, "headers": JSON, "body": f'{{"id": "{ID}"}}'.encode()}, Accepted(ID)),
        ({"status": 201, "body": {"id": ID}}, Accepted(ID)),
        ({"status": HTTPStatus.CREATED, "body": {"id": ID}}, Accepted(ID)),
        ({"status_code": 201, "json": {"id": ID}}, Accepted(ID)),
        (SimpleNamespace(status_code=201, headers=JSON, content=f'{{"id": "{ID}"}}'.encode(), json=dict), Accepted(ID)),
        (SimpleNamespace(status=201, headers=None, text=f'{{"id": "{ID}"}}'), Accepted(ID)),
        # What was encoded on the way has been decoded by the client.
        ({"status": 201, "headers": {**JSON, "Content-Encoding": "gzip"}, "body": {"id": ID}}, Accepted(ID)),
        ({"status": 400, "body": {"detail": f"bad key {KEY}", "code": "invalid"}}, Refused(400, "bad key ***", "invalid")),
        ({"status": 429, "headers": {"RETRY-AFTER": 7}, "body": {"detail": "Slow down."}},
         Refused(429, "Slow down.", None, None, timedelta(seconds=7))),
        (Streamed(), Refused(400, "an empty body in place of an explanation")),
        ({"status": 500, "body": b""}, InDoubt("status 500: an empty body in place of an explanation", 500)),
        ({"status": 201}, InDoubt("status 201, but the answer holds no id", 201)),
        ({"status": 201, "headers": {}, "body": {"id": ID}}, Accepted(ID)),
        ({"status": 201, "headers": {"Content-Type": "text/html"}, "body": f'{{"id": "{ID}"}}'},
         InDoubt("status 201, but the answer is of type 'text/html'", 201)),
        ({"status": 201, "body": object()},
         InDoubt("status 201, but the answer could not be read whole: a body of type 'object'", 201)),
        ({"status": 201, "body": {"id": object()}},
         InDoubt("status 201, but the answer could not be read whole: a body that is not JSON", 201)),
        ({"status": 201, "body": "x" * 2_000_000},
         InDoubt("status 201, but the answer could not be read whole: an answer of more than 1048576 bytes", 201)),
        ({"id": ID}, InDoubt("the client returned a 'dict' without a status")),
        ({"status": "201", "body": {"id": ID}}, InDoubt("the client returned a 'dict' without a status")),
        ({"status": True, "body": {"id": ID}}, InDoubt("the client returned a 'dict' without a status")),
        ({"status": 7, "body": {"id": ID}}, InDoubt("the client returned a 'dict' without a status")),
        (None, InDoubt("the client returned a 'NoneType' without a status")),
    ],
)  # fmt: skip
def test_what_a_client_returns_is_read_as_an_answer(response: Any, expected: Answer) -> None:
    assert created(returning(response)) == expected


class Raised(Exception):  # noqa: N818 - a client may name its errors as it likes
    def __init__(self, response: Any) -> None:
        super().__init__(f"with the key {KEY}")
        self.response = response


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotConnected("connection refused"), NotSent("connection refused")),
        (NotConnected(""), NotSent("the client could not connect")),
        (ConnectionRefusedError(KEY), InDoubt("ConnectionRefusedError in the client")),
        (TimeoutError(), InDoubt("no answer within 5 s")),
        (KeyError(KEY), InDoubt("KeyError in the client")),
        (Raised(None), InDoubt("Raised in the client")),
        (Raised({"status": 404, "body": {"detail": "Not found.", "code": "not_found"}}),
         Refused(404, "Not found.", "not_found")),
        (Raised({"status": 502, "body": ""}), InDoubt("status 502: an empty body in place of an explanation", 502)),
        (StopIteration(), InDoubt("RuntimeError in the client")),
        (SystemExit(1), InDoubt("RuntimeError in the client")),
        (CancelledError(), InDoubt("RuntimeError in the client")),
        (asyncio.CancelledError(), InDoubt("RuntimeError in the client")),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_a_client_raises_is_in_doubt_unless_it_says_that_it_did_not_connect(
    error: BaseException, expected: Answer
) -> None:
    assert created(raising(error)) == expected


def test_a_client_gets_the_method_the_path_and_a_body_where_there_is_one() -> None:
    seen = []

    def client(*arguments: Any, **named: Any) -> dict[str, Any]:
        seen.append((arguments, named))
        return {"status": 200, "body": {"id": ID, "results": []}}

    async def calls() -> None:
        async with over(client) as opened:
            await opened.create_activity(BODY)
            assert [found async for found in opened.find_activities(search="a b")] == []

    asyncio.run(calls())
    path = "/api/activities/scheduled-activity"
    query = "ordering=due_datetime&search=a+b&page=1&page_size=500"
    assert seen == [(("POST", path), {"json": BODY}), (("GET", f"{path}?{query}"), {})]


class Awaited:
    async def __call__(self, _method: str, _path: str, **_body: Any) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"status": 201, "body": {"id": ID}}


def wrapped(method: str, path: str, **body: Any) -> Any:
    return Awaited()(method, path, **body)


@pytest.mark.parametrize("client", [Awaited(), Awaited().__call__, wrapped])
def test_a_client_may_be_asynchronous_however_it_is_wrapped(client: Callable[..., Any]) -> None:
    assert created(client) == Accepted(ID)


def test_asynchronous_clients_that_do_not_answer_are_in_doubt() -> None:
    async def client(_method: str, _path: str, **_body: Any) -> None:
        await asyncio.sleep(30)

    assert created(client, timeout_s=0.1) == InDoubt("no answer within 0.1 s")


def test_a_client_whose_own_work_was_cancelled_is_in_doubt_and_cancels_nothing_of_ours() -> None:
    async def client(_method: str, _path: str, **_body: Any) -> None:
        raise asyncio.CancelledError

    assert created(client) == InDoubt("CancelledError in the client")


def test_a_request_that_is_cancelled_itself_ends_so() -> None:
    async def client(_method: str, _path: str, **_body: Any) -> None:
        await asyncio.sleep(30)

    async def cancelled() -> None:
        async with over(client) as opened:
            request = asyncio.ensure_future(opened.create_activity(BODY))
            await asyncio.sleep(0.05)
            request.cancel()
            await request

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())


def test_a_call_that_was_never_begun_is_not_sent_and_never_will_be() -> None:
    calls = []
    free = threading.Event()

    def client(_method: str, _path: str, **body: Any) -> dict[str, Any]:
        calls.append(body["json"])
        free.wait(10)
        return {"status": 201, "body": {"id": ID}}

    async def two() -> list[Answer]:
        async with over(client, timeout_s=0.2) as opened:
            first = asyncio.create_task(opened.create_activity({"note": "1"}))
            await asyncio.sleep(0.1)
            second = await opened.create_activity({"note": "2"})
            free.set()
            third = await opened.create_activity({"note": "3"})
            return [await first, second, third]

    assert asyncio.run(two()) == [
        InDoubt("no answer within 0.2 s"),
        NotSent("the client was busy with another request for 0.2 s"),
        Accepted(ID),
    ]
    assert calls == [{"note": "1"}, {"note": "3"}]


def test_calls_of_a_synchronous_client_never_overlap() -> None:
    inside = []
    most = []

    def client(_method: str, _path: str, **_body: Any) -> dict[str, Any]:
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.005)
        inside.pop()
        return {"status": 201, "body": {"id": ID}}

    async def many() -> list[Answer]:
        async with over(client) as opened:
            return await asyncio.gather(*(opened.create_activity(BODY) for _ in range(10)))

    assert asyncio.run(many()) == [Accepted(ID)] * 10
    assert max(most) == 1


def test_a_read_says_what_the_client_did() -> None:
    async def read() -> None:
        async with over(raising(NotConnected("no route"))) as opened:
            await opened.business()

    with pytest.raises(TargetError) as caught:
        asyncio.run(read())
    assert str(caught.value) == (
        "the CRM: reading the business: no connection could be made (no route); "
        "check base_url, the network and whether the service is running"
    )


HANGING = """
import asyncio, threading
from datetime import UTC, datetime
from cadence.crm.callable_transport import CallableTransport

async def send():
    transport = CallableTransport(
        lambda *_: threading.Event().wait(), now=lambda: datetime(2026, 11, 20, tzinfo=UTC), timeout_s=0.1
    )
    print(await transport.send("GET", "/api"))
    await transport.aclose()

asyncio.run(send())
"""


def test_a_client_that_never_returns_does_not_keep_the_program_from_ending() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=30, check=True)
    assert "no answer within 0.1 s" in done.stdout

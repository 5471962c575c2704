"""What a create amounts to, for each way in which a CRM can fail: the contract of every transport that uses a network.

Exception classes lie, so each case is a real connection, and counts what really reached the other end.
"""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.crm.client import CrmClient, connect
from cadence.crm.credentials import Credentials
from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from tests.contracts.crm.faulty import Exchange, FaultyCrm, answer, faulty_crm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.contracts.crm.faulty import Fault

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
KEY = "k-3f8a91c2"
ID = "0199aaaa-0000-7000-8000-000000000001"
TIMEOUT_S = 0.6
BODY = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": "x" * 200}


def client_for(base_url: str) -> CrmClient:
    return connect(Credentials(base_url, KEY, "b-1", "u-1"), now=lambda: NOW, timeout_s=TIMEOUT_S)


async def _call(fault: Fault, call: Callable[[CrmClient], Awaitable[Answer]]) -> tuple[Answer, FaultyCrm]:
    async with faulty_crm(fault) as crm, client_for(crm.base_url) as client:
        return await call(client), crm


def created(fault: Fault) -> tuple[Answer, FaultyCrm]:
    """Return what a create amounts to against *fault*, and what the CRM saw."""
    return asyncio.run(_call(fault, lambda client: client.create_activity(BODY)))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_port_where_nobody_listens_is_not_sent() -> None:
    async def create() -> Answer:
        async with client_for(f"http://127.0.0.1:{free_port()}") as client:
            return await client.create_activity(BODY)

    assert isinstance(asyncio.run(create()), NotSent)


def test_a_server_that_speaks_no_tls_is_not_sent_to() -> None:
    async def fault(exchange: Exchange) -> None:
        await exchange.reader.read(10)
        await exchange.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def create() -> tuple[Answer, FaultyCrm]:
        async with faulty_crm(fault) as crm, client_for(crm.base_url.replace("http:", "https:")) as client:
            return await client.create_activity(BODY), crm

    outcome, crm = asyncio.run(create())
    assert isinstance(outcome, NotSent)
    assert crm.requests == []


async def reset_before_reading(exchange: Exchange) -> None:
    exchange.reset()


async def reset_after_reading(exchange: Exchange) -> None:
    await exchange.read_request()
    exchange.reset()


async def close_after_reading(exchange: Exchange) -> None:
    await exchange.read_request()


async def half_a_status_line(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"HTTP/1.1 20")


async def half_a_body(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(
        b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"id": "'
    )


async def half_a_chunk(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{")


async def not_http(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"220 smtp.example.com ESMTP\r\n")


async def hang(exchange: Exchange) -> None:
    await exchange.read_request()
    await asyncio.sleep(30)


async def hang_unread(_exchange: Exchange) -> None:
    await asyncio.sleep(30)


async def drip(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")
    for _ in range(300):
        await exchange.send(b" ")
        await asyncio.sleep(0.05)


async def drip_headers(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"HTTP/1.1 201 Created\r\n")
    for number in range(300):
        await exchange.send(f"X-{number}: 1\r\n".encode())
        await asyncio.sleep(0.05)


async def endless_headers(exchange: Exchange) -> None:
    await exchange.read_request()
    await exchange.send(b"HTTP/1.1 201 Created\r\nX-Long: " + b"x" * 1_000_000)


async def gzipped(exchange: Exchange) -> None:
    await exchange.read_request()
    head = (
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
    )
    await exchange.send(head.encode() + b"\x1f\x8b\x08\x00")


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (reset_after_reading, 1),
        (close_after_reading, 1),
        (half_a_status_line, 1),
        (half_a_body, 1),
        (half_a_chunk, 1),
        (not_http, 1),
        (hang, 1),
        (hang_unread, 0),
        (drip, 1),
        (drip_headers, 1),
        (endless_headers, 1),
        (gzipped, 1),
        (answer(200, {"status": "ok"}), 1),
        (answer(200, {"id": ""}), 1),
        (answer(200, {"id": 7}), 1),
        (answer(200, {"id": None}), 1),
        (answer(200, [ID]), 1),
        (answer(201, b""), 1),
        (answer(204, b""), 1),
        (answer(201, b'{"id": "'), 1),
        (answer(201, {"id": ID}, kind="text/html"), 1),
        (answer(201, b"<html>welcome</html>", kind="text/html"), 1),
        (answer(201, b'{"id": "' + ID.encode() + b'", "note": "' + b"x" * 10_000_000 + b'"}'), 1),
        (answer(302, b"", headers="Location: /elsewhere\r\n"), 1),
        (answer(500, {"detail": "oops", "code": "error"}), 1),
        (answer(502, b"<html>bad gateway</html>", kind="text/html"), 1),
        (answer(504, b""), 1),
        (answer(599, b""), 1),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_whatever_may_have_been_applied_is_in_doubt_and_sent_only_once(fault: Fault, arrived: int) -> None:
    began = time.monotonic()
    outcome, crm = created(fault)
    assert isinstance(outcome, InDoubt), outcome
    assert time.monotonic() - began < TIMEOUT_S + 2
    assert crm.connections == 1
    # Of those that time out, a machine under load may not have read the request yet.
    assert len(crm.requests) == arrived or (outcome.reason.startswith("no answer within") and not crm.requests)
    assert KEY not in repr(outcome)


def test_a_reset_before_reading_is_in_doubt_because_the_request_may_have_left() -> None:
    outcome, crm = created(reset_before_reading)
    assert isinstance(outcome, InDoubt)
    assert (crm.connections, crm.requests) == (1, [])


def test_a_connection_that_went_stale_in_the_pool_is_not_used_twice() -> None:
    async def once_then_close(exchange: Exchange) -> None:
        await answer(201, {"id": ID})(exchange)

    async def create_twice() -> tuple[list[Answer], FaultyCrm]:
        async with faulty_crm(once_then_close) as crm, client_for(crm.base_url) as client:
            first = await client.create_activity(BODY)
            await asyncio.sleep(0.05)
            return [first, await client.create_activity(BODY)], crm

    answers, crm = asyncio.run(create_twice())
    assert answers == [Accepted(ID), Accepted(ID)]
    assert (crm.connections, len(crm.requests)) == (2, 2)


def test_a_reset_on_a_kept_connection_is_in_doubt_and_not_repeated() -> None:
    async def once_then_reset(exchange: Exchange) -> None:
        await answer(201, {"id": ID})(exchange)
        await exchange.read_request()
        exchange.reset()

    async def create_twice() -> tuple[list[Answer], FaultyCrm]:
        async with faulty_crm(once_then_reset) as crm, client_for(crm.base_url) as client:
            return [await client.create_activity(BODY), await client.create_activity(BODY)], crm

    answers, crm = asyncio.run(create_twice())
    assert answers[0] == Accepted(ID)
    assert isinstance(answers[1], InDoubt)
    assert (crm.connections, len(crm.requests)) == (1, 2)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_2xx_with_an_id_is_accepted(status: int) -> None:
    assert created(answer(status, {"id": ID, "note": "x"}))[0] == Accepted(ID)


def test_the_request_carries_the_three_headers_and_the_body() -> None:
    _, crm = created(answer(201, {"id": ID}))
    head, _, body = crm.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /api/activities/scheduled-activity http/1.1"
    expected = {f"x-api-key: {KEY}", "x-business-id: b-1", "x-user-id: u-1", "content-type: application/json"}
    assert expected <= set(lines)
    assert b'"activity_object_name": "call"' in body


@pytest.mark.parametrize(
    ("status", "body", "reason", "code"),
    [
        (400, {"due_datetime": ["This field is required."]}, "due_datetime: This field is required.", None),
        (
            400,
            {"employee_id": [{"message": "Does not exist.", "code": "does_not_exist"}], "note": ["Too long."]},
            "employee_id: Does not exist.; note: Too long.",
            "does_not_exist",
        ),
        (401, {"detail": "Invalid key.", "code": "not_authenticated"}, "Invalid key.", "not_authenticated"),
        (403, {"detail": "No.", "code": "permission_required"}, "No.", "permission_required"),
        (404, {"detail": "Not found.", "code": "not_found"}, "Not found.", "not_found"),
        (409, {"detail": "Changed meanwhile.", "code": "conflict"}, "Changed meanwhile.", "conflict"),
        (422, b"", "an empty body in place of an explanation", None),
    ],
)
def test_a_4xx_is_refused_with_what_the_crm_says(status: int, body: object, reason: str, code: str | None) -> None:
    outcome, _ = created(answer(status, body, headers="X-Request-ID: r-77\r\n"))
    assert outcome == Refused(status, reason, code, "r-77")


def test_a_4xx_is_refused_though_its_body_breaks_off() -> None:
    async def fault(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 900\r\n\r\n{")

    outcome, _ = created(fault)
    assert isinstance(outcome, Refused)
    assert outcome.status == 400


def test_a_4xx_with_a_page_of_html_is_refused_without_the_page() -> None:
    page = b"<html>" + b"x" * 5000 + b"</html>"
    outcome, _ = created(answer(403, page, kind="text/html; charset=utf-8"))
    assert outcome == Refused(403, "a body of type 'text/html' in place of an explanation")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("Retry-After: 7\r\n", timedelta(seconds=7)),
        ("Retry-After: 0\r\n", timedelta(0)),
        ("Retry-After: Fri, 20 Nov 2026 15:00:30 GMT\r\n", timedelta(seconds=30)),
        ("Retry-After: Fri, 20 Nov 2026 14:00:00 GMT\r\n", timedelta(0)),
        ("Retry-After: 99999999999999999999\r\n", timedelta(hours=1)),
        ("Retry-After: -5\r\n", None),
        ("Retry-After: soon\r\n", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(header: str, wait: timedelta | None) -> None:
    refused, _ = created(answer(429, {"detail": "Slow down.", "code": "throttled"}, headers=header))
    assert refused == Refused(429, "Slow down.", "throttled", None, wait)
    doubtful, _ = created(answer(503, {"detail": "Busy."}, headers=header))
    assert doubtful == InDoubt("status 503: Busy.", 503, None, wait)


def test_an_answer_that_repeats_the_key_does_not_spread_it() -> None:
    outcome, _ = created(answer(400, {"detail": f"bad header X-API-KEY: {KEY}"}))
    assert outcome == Refused(400, "bad header X-API-KEY: ***")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(answer(204), Accepted()), (answer(404, {"detail": "Not found."}), Accepted()),
     (answer(403, {"detail": "No."}), Refused(403, "No.")), (answer(500), None), (reset_after_reading, None)],
)  # fmt: skip
def test_a_delete_is_done_once_the_activity_is_gone(fault: Fault, expected: Answer | None) -> None:
    outcome, crm = asyncio.run(_call(fault, lambda client: client.delete_activity(ID)))
    assert isinstance(outcome, InDoubt) if expected is None else outcome == expected
    assert len(crm.requests) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(answer(200, {"id": ID}), Accepted(ID)), (answer(200, b""), Accepted(ID)),
     (answer(404, {"detail": "Not found.", "code": "not_found"}), Refused(404, "Not found.", "not_found")),
     (answer(500), None), (hang, None)],
)  # fmt: skip
def test_a_patch_is_done_with_any_2xx(fault: Fault, expected: Answer | None) -> None:
    outcome, crm = asyncio.run(_call(fault, lambda client: client.patch_activity(ID, {"note": "x"})))
    assert isinstance(outcome, InDoubt) if expected is None else outcome == expected
    assert len(crm.requests) == 1

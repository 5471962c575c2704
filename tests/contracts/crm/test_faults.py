"""What a create amounts to, for each way in which a CRM can fail: the contract of every transport that uses a network.

Exception classes lie, so each case is a real connection, and counts what really reached the other end.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.delivery.answer import Accepted, Answer, InDoubt, Refused
from tests.contracts.crm.faulty import Exchange, answer
from tests.contracts.crm.ways import BODY, ID, KEY, TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from cadence.crm.client import CrmClient
    from tests.contracts.crm.faulty import Fault
    from tests.contracts.crm.ways import Way


async def reset_after_reading(exchange: Exchange) -> None:
    await exchange.read_request()
    exchange.reset()


def create(client: CrmClient) -> Awaitable[Answer]:
    return client.create_activity(BODY)


def created_with(activity_id: str) -> bytes:
    body = json.dumps({"id": activity_id}).encode()
    return b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


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
def test_whatever_may_have_been_applied_is_in_doubt_and_sent_only_once(way: Way, fault: Fault, arrived: int) -> None:
    began = time.monotonic()
    outcome, crm = way.created(fault)
    assert isinstance(outcome, InDoubt), outcome
    assert time.monotonic() - began < TIMEOUT_S + 2
    assert crm.connections == 1
    # Of those that time out, a machine under load may not have read the request yet.
    assert len(crm.requests) == arrived or (outcome.reason.startswith("no answer within") and not crm.requests)
    assert KEY not in repr(outcome)


def test_an_answer_after_the_time_limit_is_not_taken_for_that_of_the_next_request(way: Way) -> None:
    """The CRM applies the first create late, and answers it when the second is already wanted."""

    async def fault(exchange: Exchange) -> None:
        while True:
            await exchange.read_request()
            is_first = len(exchange.crm.requests) == 1
            await asyncio.sleep(TIMEOUT_S + 0.2 if is_first else 0)
            await exchange.send(created_with("late" if is_first else "next"))

    answers, crm = way.called(fault, create, create)
    assert answers == [InDoubt(f"no answer within {TIMEOUT_S:g} s"), Accepted("next")]
    assert len(crm.requests) == 2


def test_what_is_asked_for_cannot_add_a_header_or_a_request(way: Way) -> None:
    async def search(client: CrmClient) -> Answer:
        found = [each async for each in client.find_activities(search="a\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1")]
        return Accepted(str(len(found)))

    [listed], crm = way.called(answer(200, {"results": []}), search)
    [deleted], other = way.called(answer(204), lambda client: client.delete_activity("a\r\nX-Evil: 1/../b"))
    assert (listed, deleted) == (Accepted("0"), Accepted())
    assert [head.partition(b"?")[0] for head in crm.requests] == [b"GET /api/activities/scheduled-activity"]
    assert other.requests[0].startswith(b"DELETE /api/activities/scheduled-activity/a%0D%0AX-Evil%3A%201%2F..%2Fb HTTP")
    assert not any(
        line.startswith(b"x-evil") for head in (*crm.requests, *other.requests) for line in head.lower().split(b"\r\n")
    )


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_2xx_with_an_id_is_accepted(way: Way, status: int) -> None:
    assert way.created(answer(status, {"id": ID, "note": "x"}))[0] == Accepted(ID)


def test_the_request_carries_the_three_headers_and_the_body(way: Way) -> None:
    _, crm = way.created(answer(201, {"id": ID}))
    head, _, body = crm.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /api/activities/scheduled-activity http/1.1"
    expected = {f"x-api-key: {KEY}", "x-business-id: b-1", "x-user-id: u-1", "content-type: application/json"}
    assert expected <= set(lines)
    assert json.loads(body) == BODY


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
def test_a_4xx_is_refused_with_what_the_crm_says(
    way: Way, status: int, body: object, reason: str, code: str | None
) -> None:
    outcome, _ = way.created(answer(status, body, headers="X-Request-ID: r-77\r\n"))
    assert outcome == Refused(status, reason, code, "r-77")


def test_a_4xx_is_refused_though_its_body_breaks_off(way: Way) -> None:
    async def fault(exchange: Exchange) -> None:
        await exchange.read_request()
        await exchange.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 900\r\n\r\n{")

    outcome, _ = way.created(fault)
    assert isinstance(outcome, Refused if way.sees_the_wire else InDoubt)


def test_a_4xx_with_a_page_of_html_is_refused_without_the_page(way: Way) -> None:
    page = b"<html>" + b"x" * 5000 + b"</html>"
    outcome, _ = way.created(answer(403, page, kind="text/html; charset=utf-8"))
    assert outcome == Refused(403, "a body of type 'text/html' in place of an explanation")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("Retry-After: 7\r\n", timedelta(seconds=7)),
        ("Retry-After: 0\r\n", timedelta(0)),
        ("Retry-After: Fri, 20 Nov 2026 15:00:30 GMT\r\n", timedelta(seconds=30)),
        ("Retry-After: Fri, 20 Nov 2026 14:00:00 GMT\r\n", timedelta(0)),
        (
            "Date: Fri, 20 Nov 2026 14:50:00 GMT\r\nRetry-After: Fri, 20 Nov 2026 14:50:40 GMT\r\n",
            timedelta(seconds=40),
        ),
        ("Retry-After: 1.5\r\n", timedelta(seconds=1.5)),
        ("Retry-After: 99999999999999999999\r\n", timedelta(hours=1)),
        ("Retry-After: -5\r\n", None),
        ("Retry-After: soon\r\n", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(way: Way, header: str, wait: timedelta | None) -> None:
    refused, _ = way.created(answer(429, {"detail": "Slow down.", "code": "throttled"}, headers=header))
    assert refused == Refused(429, "Slow down.", "throttled", None, wait)
    doubtful, _ = way.created(answer(503, {"detail": "Busy."}, headers=header))
    assert doubtful == InDoubt("status 503: Busy.", 503, None, wait)


def test_an_answer_that_repeats_the_key_does_not_spread_it(way: Way) -> None:
    outcome, _ = way.created(answer(400, {"detail": f"bad header X-API-KEY: {KEY}"}))
    assert outcome == Refused(400, "bad header X-API-KEY: ***")


def test_an_id_that_holds_the_key_by_chance_is_read_as_it_is(way: Way) -> None:
    outcome, _ = way.created(answer(201, {"id": f"1{KEY}2"}))
    assert outcome == Accepted(f"1{KEY}2")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(answer(204), Accepted()), (answer(404, {"detail": "Not found."}), Accepted()),
     (answer(403, {"detail": "No."}), Refused(403, "No.")), (answer(500), None), (reset_after_reading, None)],
)  # fmt: skip
def test_a_delete_is_done_once_the_activity_is_gone(way: Way, fault: Fault, expected: Answer | None) -> None:
    [outcome], crm = way.called(fault, lambda client: client.delete_activity(ID))
    assert isinstance(outcome, InDoubt) if expected is None else outcome == expected
    assert len(crm.requests) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(answer(200, {"id": ID}), Accepted(ID)), (answer(200, b""), Accepted(ID)),
     (answer(404, {"detail": "Not found.", "code": "not_found"}), Refused(404, "Not found.", "not_found")),
     (answer(500), None), (hang, None)],
)  # fmt: skip
def test_a_patch_is_done_with_any_2xx(way: Way, fault: Fault, expected: Answer | None) -> None:
    [outcome], crm = way.called(fault, lambda client: client.patch_activity(ID, {"note": "x"}))
    assert isinstance(outcome, InDoubt) if expected is None else outcome == expected
    assert len(crm.requests) == 1

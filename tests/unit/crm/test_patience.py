"""A read is asked for again where the CRM is busy or fails, with pauses that are told and bounded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cadence.crm.transport import Outcome, Reply
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import TargetError
from tests.unit.crm.scripted import client_of, ok, page

JSON = "application/json"
BUSINESS = ok({"id": "b-1", "name": "Acme"})
SILENCE = InDoubt("reset")
HALF = Reply(200, b'{"id', JSON, broken="closed")


def busy(status: int, seconds: float | None = None) -> Reply:
    return Reply(status, retry_after=None if seconds is None else timedelta(seconds=seconds))


def asked(*outcomes: Outcome) -> tuple[bool, int, list[float]]:
    """Return whether the business was read, how often it was asked for, and the pauses between."""
    client, transport = client_of(*outcomes)
    try:
        asyncio.run(client.business())
    except TargetError:
        return False, len(transport.asked), transport.slept
    return True, len(transport.asked), transport.slept


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([busy(429, 2), BUSINESS], (True, 2, [2])),
        ([busy(503, 3), busy(503, 4), BUSINESS], (True, 3, [3, 4])),
        ([busy(500), busy(502), busy(504), BUSINESS], (True, 4, [0.5, 1, 2])),
        ([busy(500)] * 5, (False, 5, [0.5, 1, 2, 4])),
        ([busy(429)] * 5, (False, 5, [0.5, 1, 2, 4])),
        ([busy(429, 0), BUSINESS], (True, 2, [0.5])),
        ([busy(429, 0)] * 5, (False, 5, [0.5, 1, 2, 4])),
        ([busy(429, 11)], (False, 1, [])),
        ([busy(429, 6), busy(429, 6)], (False, 2, [6])),
        ([SILENCE, BUSINESS], (True, 2, [])),
        ([SILENCE, SILENCE], (False, 2, [])),
        ([NotSent("refused"), NotSent("refused")], (False, 2, [])),
        ([HALF, HALF], (False, 2, [])),
        ([SILENCE, busy(503, 1), BUSINESS], (True, 3, [1])),
        ([busy(503, 1), SILENCE], (False, 2, [1])),
        *(([busy(status)], (False, 1, [])) for status in (301, 400, 401, 403, 404, 409, 422)),
    ],
)
def test_a_read_is_asked_for_again_where_that_may_help(
    outcomes: list[Outcome], expected: tuple[bool, int, list[float]]
) -> None:
    assert asked(*outcomes) == expected


def test_what_is_waited_for_is_told(caplog: pytest.LogCaptureFixture) -> None:
    asked(Reply(429, b'{"detail": "Slow down."}', JSON, "r-9", timedelta(seconds=2)), BUSINESS)
    assert caplog.messages == [
        "waiting 2 s: kizen: reading the business: too many requests (status 429): Slow down. [request r-9]"
    ]


def test_a_read_within_a_run_leaves_the_waiting_to_the_run() -> None:
    client, transport = client_of(busy(429, 1), page([]))
    turns = []

    async def turn() -> None:
        turns.append(len(transport.asked))

    async def find() -> None:
        now = datetime(2026, 11, 20, tzinfo=UTC)
        async for _ in client.find_activities(activity="call", due_from=now, due_to=now, turn=turn):
            pass

    with pytest.raises(TargetError):
        asyncio.run(find())
    assert (turns, transport.slept) == ([0], [])


def test_a_page_in_the_middle_of_a_list_is_waited_for() -> None:
    sales, service = {"id": "r-1", "name": "Sales"}, {"id": "r-2", "name": "Service"}
    client, transport = client_of(page([sales], more=True, count=2), busy(503, 1), page([service], count=2))
    roles = asyncio.run(client.roles())
    assert (len(roles), len(transport.asked), transport.slept) == (2, 3, [1])

"""The transport to a service in the same process: what can go wrong there."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.crm.client import connect
from cadence.crm.credentials import Credentials
from cadence.delivery.answer import Accepted, Answer, InDoubt, Refused
from cadence.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CREDENTIALS = Credentials("http://localhost/base", "key", "b-1", "u-1")


def created(app: Any) -> Answer:
    async def create() -> Answer:
        async with connect(CREDENTIALS, now=lambda: NOW, timeout_s=0.3, app=app) as client:
            return await client.create_activity({"note": "Ünïcode"})

    return asyncio.run(create())


def answering(status: int, content: bytes, **headers: str) -> Any:
    async def app(_scope: Any, _receive: Receive, send: Send) -> None:
        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        for start in range(0, len(content), 50_000):
            await send({"type": "http.response.body", "body": content[start : start + 50_000], "more_body": True})
        await send({"type": "http.response.body"})

    return app


async def failing(_scope: Any, _receive: Receive, _send: Send) -> None:
    raise KeyError("a note")


async def silent(_scope: Any, _receive: Receive, _send: Send) -> None:
    return


async def waiting_for_a_hang_up(_scope: Any, receive: Receive, _send: Send) -> None:
    await receive()
    await receive()


@pytest.mark.parametrize(
    ("app", "answer"),
    [
        (answering(201, b'{"id": "a-1"}', content_type="application/json; charset=utf-8"), Accepted("a-1")),
        (failing, InDoubt("KeyError in the service")),
        (silent, InDoubt("no answer from the service")),
        (waiting_for_a_hang_up, InDoubt("no answer within 0.3 s")),
        (
            answering(201, b'{"id": "a-1", "x": "' + b"x" * 2_000_000 + b'"}'),
            InDoubt("status 201, but the answer could not be read whole: an answer of more than 1048576 bytes", 201),
        ),
        (
            answering(429, b'{"detail": "Slow down."}', retry_after="7", x_request_id="r-1"),
            Refused(429, "Slow down.", None, "r-1", timedelta(seconds=7)),
        ),
    ],
)
def test_each_way_to_answer_has_its_class(app: Any, answer: Answer) -> None:
    assert created(app) == answer


def test_the_application_sees_the_request_as_a_server_would_pass_it() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        seen.update(scope, body=await receive())
        await answering(204, b"")(scope, receive, send)

    created(app)
    assert (seen["method"], seen["path"], seen["scheme"]) == (
        "POST",
        "/base/api/activities/scheduled-activity",
        "http",
    )
    assert json.loads(seen["body"]["body"]) == {"note": "Ünïcode"}
    headers = dict(seen["headers"])
    assert headers[b"host"] == b"localhost"
    assert [headers[name] for name in (b"x-api-key", b"x-business-id", b"x-user-id")] == [b"key", b"b-1", b"u-1"]


def test_a_base_url_that_the_http_library_refuses_is_an_error_of_the_settings() -> None:
    with pytest.raises(ConfigError) as caught:
        connect(Credentials(f"https://{'h' * 70_000}", "key", "b-1", "u-1", target="kizen"), now=lambda: NOW)
    assert str(caught.value) == "kizen: base_url cannot be read (URL too long); write it as https://HOST"

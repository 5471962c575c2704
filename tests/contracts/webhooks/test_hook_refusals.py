"""What is not verified, or cannot be read, is not kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from cadence.errors import ConfigError
from cadence.server.webhooks.signature import new_secret
from tests.contracts.webhooks.hook import EVENT, HOOK, Hook
from tests.contracts.webhooks.office import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contracts.webhooks.office import Office


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Nothing here depends on the store."""
    return f"sqlite:///{tmp_path / 'activities.db'}"


@pytest.fixture
def hook(office: Office, tmp_path: Path) -> Hook:
    return Hook(office, tmp_path)


@pytest.mark.parametrize("content", [b'{"type":"activity.completed"}', b'{"event": "activity.logged"}'])
def test_both_names_are_taken_wherever_they_stand(hook: Hook, content: bytes) -> None:
    assert hook.tell(content).status_code == 200


def test_while_a_secret_is_replaced_both_hold(office: Office, tmp_path: Path) -> None:
    other = new_secret()
    hook = Hook(office, tmp_path, f"{other} {SECRET}")
    assert hook.tell(event_id="msg_1").status_code == 200
    assert hook.tell(event_id="msg_2", secret=other).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (b"{", 400, {"detail": "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", "code": "parse_error"}),
        (b"\xff", 400, {"detail": "The body is not UTF-8.", "code": "parse_error"}),
        (b"[1]", 400, {"non_field_errors": ["The body must be a JSON object."]}),
        (b"[" * 100 + b"]" * 100, 400, {"detail": "The body is nested deeper than 40 levels.", "code": "parse_error"}),
        (b"{}", 400, {"type": [{"message": "The event null is not known; 'activity.logged' and 'activity.completed' are.", "code": "unknown_event"}]}),
        (b'{"type":"deal.won"}', 400, {"type": [{"message": "The event \"deal.won\" is not known; 'activity.logged' and 'activity.completed' are.", "code": "unknown_event"}]}),
        (b" " * ((1 << 20) + 1), 413, {"detail": "The body is larger than 1048576 bytes.", "code": "body_too_large"}),
    ],
)  # fmt: skip
def test_what_is_signed_and_cannot_be_read_is_refused(hook: Hook, content: bytes, status: int, problem: Any) -> None:
    answered = hook.tell(content)
    assert (answered.status_code, answered.json()) == (status, problem)
    assert hook.kept() == []


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_no_header_may_be_missing(hook: Hook, name: str) -> None:
    headers = {key: value for key, value in hook.headers(EVENT).items() if key != name}
    answered = hook.tell(headers=headers)
    assert answered.status_code == 400
    assert answered.json() == {"detail": f"The header {name} is missing.", "code": "missing_header"}


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"webhook-signature": "v1,AAAA"}, 401, "bad_signature"),
        ({"webhook-signature": "nonsense"}, 401, "bad_signature"),
        ({"webhook-id": "msg_2"}, 401, "bad_signature"),
        ({"webhook-id": "a b"}, 400, "bad_header"),
        ({"webhook-id": "a" * 201}, 400, "bad_header"),
        ({"webhook-timestamp": "soon"}, 400, "bad_header"),
        ({"webhook-timestamp": "1e9"}, 400, "bad_header"),
        ({"webhook-timestamp": "99999999999"}, 401, "stale_timestamp"),
        ({"webhook-timestamp": "0"}, 401, "stale_timestamp"),
    ],
)
def test_headers_that_do_not_hold_are_refused(hook: Hook, changed: dict[str, str], status: int, code: str) -> None:
    answered = hook.tell(headers={**hook.headers(EVENT), **changed})
    assert (answered.status_code, answered.json()["code"]) == (status, code)
    assert hook.kept() == []


@pytest.mark.parametrize(("late_s", "status"), [(300, 200), (301, 401), (-300, 200), (-301, 401)])
def test_five_minutes_are_the_tolerance(hook: Hook, late_s: int, status: int) -> None:
    assert hook.tell(late_s=late_s).status_code == status


def test_another_secret_does_not_hold(hook: Hook) -> None:
    assert hook.tell(secret=new_secret()).status_code == 401


def test_without_a_secret_there_is_no_way_in(office: Office, tmp_path: Path) -> None:
    answered = Hook(office, tmp_path, "").tell()
    assert (answered.status_code, answered.json()) == (404, {"detail": "Not found.", "code": "not_found"})


def test_it_only_takes(hook: Hook) -> None:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app=hook.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            return await client.get(HOOK)

    answered = asyncio.run(get())
    assert (answered.status_code, answered.headers["allow"]) == (405, "POST")


def test_a_secret_that_is_none_is_refused_without_showing_it(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        Hook(office, tmp_path, "hunter2")
    assert (
        str(refused.value)
        == "service.hook_secret cannot be used: a secret begins with 'whsec_'; take the secret that the CRM shows for its webhook"
    )

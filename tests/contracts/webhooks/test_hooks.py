"""What the CRM tells is kept once, and only then acknowledged; on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cadence.server.instant import micros
from tests.contracts.webhooks.hook import EVENT, Hook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contracts.webhooks.office import Office


@pytest.fixture
def hook(office: Office, tmp_path: Path) -> Hook:
    return Hook(office, tmp_path)


def test_what_is_told_is_kept_as_it_came(hook: Hook) -> None:
    answered = hook.tell(late_s=60)
    assert (answered.status_code, answered.json()) == (200, {"event_id": "msg_1", "state": "received", "is_new": True})
    assert answered.headers["x-request-id"]
    now = micros(hook.office.clock.now())
    assert hook.kept() == [
        {
            "event_id": "msg_1",
            "event": "activity.logged",
            "content": EVENT.decode(),
            "sent_at": now - 60_000_000,
            "received_at": now,
            "state": "received",
        }
    ]


def test_what_is_told_again_is_acknowledged_and_not_kept_again(hook: Hook) -> None:
    hook.tell()
    again = hook.tell(b'{"type":"activity.completed"}')
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert [row["content"] for row in hook.kept()] == [EVENT.decode()]


def test_what_is_told_many_times_at_once_is_kept_once(hook: Hook) -> None:
    answered = hook.tell_at_once(8)
    assert {each.status_code for each in answered} == {200}
    assert sorted(each.json()["is_new"] for each in answered) == [False] * 7 + [True]


def test_our_own_webhook_can_be_taken(hook: Hook) -> None:
    hook.office.listen(9)
    hook.office.log()
    content = json.dumps(hook.office.only()["payload"]).encode()
    assert hook.tell(content).status_code == 200

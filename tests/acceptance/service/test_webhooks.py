"""Webhooks of the serving process: nothing that was logged goes untold, nothing acknowledged is forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from cadence.server.webhooks.signature import key_of, sign
from tests import postgres
from tests.acceptance.service.listening import listening, until
from tests.acceptance.service.running import make_key, serve

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOG = "/api/activities/call/log-activity"
EVENT = b'{"type":"activity.logged"}'


def log(client: httpx.Client) -> str:
    answered = client.post(LOG, json={"related_objects": []})
    assert answered.status_code == 201, answered.text
    return f"msg_{answered.json()['id']}"


def tell(client: httpx.Client) -> bool:
    """Tell the way in of one event, and return whether it was new."""
    at = int(time.time())
    signature = sign(key_of(SECRET), "msg_1", at, EVENT)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}
    return bool(client.post("/hooks/crm", content=EVENT, headers=headers).json()["is_new"])


def states(client: httpx.Client) -> list[str]:
    return [each["state"] for each in client.get("/api/webhooks/deliveries").json()["results"]]


@pytest.mark.crash
def test_a_killed_process_sends_again_what_it_was_sending_and_knows_what_it_was_told(tmp_path: Path) -> None:
    key = make_key(tmp_path, "--scope", "admin")
    with listening(at_once=False) as receiver:
        environ = {
            "CADENCE_SERVICE__WEBHOOKS_ALLOW": receiver.place,
            "CADENCE_SERVICE__WEBHOOK_TIMEOUT": "1",
            "CADENCE_SERVICE__HOOK_SECRET": SECRET,
        }
        with serve(tmp_path, environ=environ) as served, served.client(key) as client:
            made = client.post("/api/webhooks", json={"url": f"http://{receiver.place}/hook", "secret": SECRET})
            assert made.status_code == 201, made.text
            event_id = log(client)
            assert tell(client)
            until(lambda: receiver.came == [event_id])
            served.process.kill()
            served.process.wait()
        receiver.may_answer.set()
        with serve(tmp_path, environ=environ) as served, served.client(key) as client:
            assert not tell(client)
            until(lambda: states(client) == ["delivered"])
            assert SECRET not in served.log.read_text()
        assert set(receiver.came) == {event_id}
        assert len(receiver.came) >= 2


@pytest.mark.crash
def test_two_processes_on_one_postgresql_tell_everything_once(tmp_path: Path) -> None:
    with postgres.fresh_database() as url, listening() as receiver:
        environ = {"CADENCE_SERVICE__WEBHOOKS_ALLOW": receiver.place}
        key = make_key(tmp_path, "--scope", "admin", "--db", url)
        other = tmp_path / "other"
        other.mkdir()
        with (
            serve(tmp_path, "--db", url, environ=environ) as one,
            serve(other, "--db", url, environ=environ) as two,
            one.client(key) as client,
            two.client(key) as second,
        ):
            client.post("/api/webhooks", json={"url": f"http://{receiver.place}/hook"})
            events = [log(each) for _ in range(20) for each in (client, second)]
            until(lambda: states(client) == ["delivered"] * 40)
        assert sorted(receiver.came) == sorted(events)

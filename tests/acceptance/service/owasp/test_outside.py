"""What the service asks of others, and what it makes of their answers: risks 7 and 10 of the OWASP API Security Top Ten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from cadence.server.webhooks.signature import key_of, new_secret, sign
from tests.acceptance.service.listening import listening, until
from tests.acceptance.service.running import make_key, serve
from tests.pages import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.acceptance.service.owasp.house import House

pytestmark = pytest.mark.slow
LOG = "/api/activities/call/log-activity"
HOOK = "/hooks/crm"
MARKUP = "<script>alert(1)</script>"
INSIDE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::]:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://[fd00::1]/",
    "http://[fe80::1%25eth0]/",
    "http://224.0.0.1/",
    "http://hooks.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@hooks.example/",
    "http://hooks.example\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\u3002/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "//127.0.0.1:{port}/",
    "javascript:alert(1)",
    "",
]


class TestApi7ServerSideRequestForgery:
    """No address that somebody configures leads inside; what a name resolves to is checked where the connection is made.

    Names that change what they resolve to between two look-ups are tried with a resolver of the test's own in
    tests/unit/server/test_reach.py and tests/contracts/webhooks.
    """

    @pytest.mark.parametrize("url", INSIDE)
    def test_nothing_inside_can_be_configured_wherever_a_url_is_taken(self, house: House, url: str) -> None:
        with listening() as inside:
            inward = url.format(port=inside.place.rpartition(":")[2])
            with house.served.client(house.ours.admin) as client:
                webhook = f"/api/webhooks/{house.ours.things['webhook']}"
                tries = [
                    client.post("/api/webhooks", json={"url": inward}),
                    client.patch(webhook, json={"url": inward}),
                    client.post("/api/activities", json={"name": "x", "webhook_url": inward}),
                    client.patch("/api/activities/call", json={"webhook_url": inward}),
                ]
                for answered in tries:
                    assert (answered.status_code, next(iter(answered.json())) in ("url", "webhook_url")) == (400, True)
                assert inside.place not in client.get(webhook).text
                assert client.get("/api/activities/call").json()["webhook_url"] is None
            assert inside.came == []

    def test_a_receiver_that_leads_elsewhere_is_not_followed(self, tmp_path: Path) -> None:
        key = make_key(tmp_path, "--scope", "admin")
        with listening() as inside, listening(307, Location=f"http://{inside.place}/") as receiver:
            allowed = {"CADENCE_SERVICE__WEBHOOKS_ALLOW": receiver.place}
            with serve(tmp_path, environ=allowed) as served, served.client(key) as client:
                client.post("/api/webhooks", json={"url": f"http://{receiver.place}/"}).raise_for_status()
                client.post(LOG, json={"related_objects": []}).raise_for_status()
                attempt = first_attempt(client)
                assert (attempt["status"], len(receiver.came), inside.came) == (307, 1, [])

    def test_where_a_form_leads_afterwards_is_kept_and_never_called(self, house: House) -> None:
        with listening() as inside, house.served.client(house.ours.admin) as client:
            body = {"submission_action": "redirect", "redirect_url": f"http://{inside.place}/"}
            client.patch("/api/activities/email", json=body).raise_for_status()
            client.post("/api/activities/email/log-activity", json={"related_objects": []}).raise_for_status()
            assert client.get("/api/webhooks/deliveries").json()["results"][0]["state"] == "delivered"
            assert inside.came == []


class TestApi10UnsafeConsumptionOfApis:
    """What others answer or tell is bounded, verified and never shown as anything but text.

    What our own client makes of a CRM's answers is in tests/contracts/crm/test_faults.py.
    """

    def test_what_a_receiver_answers_is_cut_and_shown_as_text(self, tmp_path: Path) -> None:
        key = make_key(tmp_path, "--scope", "admin")
        said = f"{MARKUP}\x1b[2J\r\n\x00".encode() + b"x" * (1 << 20)
        with listening(500, body=said, Retry_After="9" * 30) as receiver:
            allowed = {"CADENCE_SERVICE__WEBHOOKS_ALLOW": receiver.place}
            with serve(tmp_path, environ=allowed) as served, served.client(key) as client:
                client.post("/api/webhooks", json={"url": f"http://{receiver.place}/"}).raise_for_status()
                client.post(LOG, json={"related_objects": []}).raise_for_status()
                error = first_attempt(client)["error"]
                assert error.startswith(f"answered 500: {MARKUP}")
                assert (len(error) <= len("answered 500: ") + 200, error.isprintable()) == (True, True)
                assert MARKUP not in Visitor(served, key).see("/ledger/deliveries")
                (waiting,) = client.get("/api/webhooks/deliveries").json()["results"]
                assert (waiting["state"], waiting["next_attempt"] < "2027-") == ("waiting", True)

    def test_what_comes_in_is_kept_only_where_it_is_signed_now_and_once(self, told: tuple[httpx.Client, str]) -> None:
        client, secret = told
        event = b'{"type":"activity.logged","data":{"id":"<script>","note":"{{ 7 * 7 }}"}}'
        at = int(time.time())
        tries: list[tuple[dict[str, str], int]] = [
            ({}, 400),
            (signed(new_secret(), event, at), 401),
            (signed(secret, b"{}", at), 401),
            (signed(secret, event, at - 3600), 401),
            (signed(secret, event, at), 200),
        ]
        answers = [client.post(HOOK, content=event, headers=headers) for headers, _ in tries]
        assert [answered.status_code for answered in answers] == [status for _, status in tries]
        assert answers[-1].json()["is_new"] is True
        assert client.post(HOOK, content=event, headers=signed(secret, event, at)).json()["is_new"] is False

    @pytest.mark.parametrize("event", [b"[" * 100_000, b"\xff", b'{"type":"%s"}' % (b"x" * 500), b"x" * (2 << 20), b""])
    def test_what_is_signed_and_no_event_is_refused(self, told: tuple[httpx.Client, str], event: bytes) -> None:
        client, secret = told
        answered = client.post(HOOK, content=event, headers=signed(secret, event, int(time.time())))
        assert answered.status_code in (400, 413)
        assert len(answered.text) < 300


@pytest.fixture(scope="class")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, str]]:
    """A service that takes what is signed with a secret."""
    secret = new_secret()
    environ = {"CADENCE_SERVICE__HOOK_SECRET": secret}
    with serve(tmp_path_factory.mktemp("told"), environ=environ) as served, served.client() as client:
        yield client, secret


def signed(secret: str, event: bytes, at: int) -> dict[str, str]:
    signature = sign(key_of(secret), "msg_1", at, event)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}


def first_attempt(client: httpx.Client) -> dict[str, Any]:
    """Return what came of the first attempt to deliver the one delivery there is."""
    (delivery,) = client.get("/api/webhooks/deliveries").json()["results"]
    path = f"/api/webhooks/deliveries/{delivery['id']}"
    until(lambda: bool(client.get(path).json()["attempts"]))
    attempt: dict[str, Any] = client.get(path).json()["attempts"][0]
    return attempt

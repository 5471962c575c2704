"""No receiver can hold an attempt up, lead it elsewhere, or fill the log."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from cadence.server.webhooks.reach import Reach
from tests.contracts.webhooks.office import Office, run
from tests.contracts.webhooks.receiver import Receiver, answers, drips, hangs, hangs_up, receiving, says

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def url(tmp_path: Any) -> str:
    """Nothing here depends on the store."""
    return f"sqlite:///{tmp_path / 'activities.db'}"


def outcome(office: Office, receiver: Receiver, **how: Any) -> tuple[str, int | None, str]:
    """Return the state after one attempt, its status and its error."""

    async def story() -> None:
        async with receiving(receiver), office.delivering(**{"timeout_s": 0.5, **how}):
            office.listen(receiver.port)
            office.log()
            await office.until_tried(1)

    run(story())
    attempt = office.only()["attempts"][0]
    return office.only()["state"], attempt["status"], attempt["error"]


@pytest.mark.parametrize(
    ("behave", "came"),
    [
        (answers(299), ("delivered", 299, "")),
        (answers(500, b"x" * 10_000_000), ("waiting", 500, "answered 500: " + "x" * 200)),
        (answers(400, '{"é": "\r\n\x07"}'.encode()), ("waiting", 400, 'answered 400: {"é": "   "}')),
        (answers(400, b"\xff\xfe"), ("waiting", 400, "answered 400: \ufffd\ufffd")),
        (hangs, ("waiting", None, "no answer within 0.5 s")),
        (drips(b""), ("waiting", None, "no answer within 0.5 s")),
        (drips(b"HTTP/1.1 200 OK\r\nx: "), ("waiting", None, "no answer within 0.5 s")),
        (hangs_up, ("waiting", None, "no HTTP answer came")),
        (says(b"SSH-2.0-OpenSSH\r\n\r\n"), ("waiting", None, "no HTTP answer came")),
        (says(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000), ("waiting", None, "no HTTP answer came")),
        (says(b"HTTP/1.1 101 Switching\r\n\r\n"), ("waiting", None, "no HTTP answer came")),
    ],
)
def test_an_attempt_ends_whatever_is_answered(office: Office, behave: Any, came: tuple[str, int | None, str]) -> None:
    assert outcome(office, Receiver(behave)) == came


def test_a_status_that_came_counts_though_its_body_does_not(office: Office) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
    assert outcome(office, Receiver(drips(head)), timeout_s=15) == ("delivered", 200, "")


def test_a_redirect_is_a_failure_and_is_not_followed(office: Office) -> None:
    elsewhere = Receiver()

    async def story() -> None:
        async with receiving(elsewhere):
            led = Receiver(answers(302, Location=f"http://127.0.0.1:{elsewhere.port}/"))
            async with receiving(led), office.delivering():
                office.listen(led.port)
                office.log()
                await office.until_tried(1)

    run(story())
    attempt = office.only()["attempts"][0]
    assert (attempt["status"], attempt["error"]) == (302, "answered 302, and redirects are not followed")
    assert elsewhere.connections == 0


def connections_for_two(office: Office, behave: Any) -> int:
    """Return on how many connections two deliveries come, each at its first try, one after the other."""

    async def story() -> None:
        async with receiving(receiver), office.delivering():
            office.listen(receiver.port)
            for _ in range(2):
                office.log()
                await office.until_all("delivered")

    receiver = Receiver(behave)
    run(story())
    assert [len(each["attempts"]) for each in office.all()] == [1, 1]
    return receiver.connections


def test_a_connection_is_kept_for_the_next_delivery(office: Office) -> None:
    assert connections_for_two(office, answers(200)) == 1


def test_a_connection_that_the_receiver_closed_is_not_used_again(office: Office) -> None:
    async def closes(writer: Any) -> None:
        await answers(200)(writer)
        writer.close()

    assert connections_for_two(office, closes) == 2


def test_nobody_listening_is_a_failure(office: Office) -> None:
    receiver = Receiver()

    async def story() -> None:
        async with receiving(receiver):
            office.listen(receiver.port)
        async with office.delivering():
            office.log()
            await office.until_tried(1)

    run(story())
    assert office.only()["attempts"][0]["error"] == "no connection: All connection attempts failed"


class Names:
    """A resolver that says one thing when it is asked first, and another afterwards."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError("Name or service not known")
        return found


def to_name(office: Office, receiver: Receiver, reach: Reach, **how: Any) -> dict[str, Any]:
    """Return the first attempt at a receiver whose webhook names it `hooks.example`."""

    async def story() -> None:
        async with receiving(receiver, how.get("server")), office.delivering(reach=reach, tls=how.get("client")):
            office.listen(receiver.port, how.get("host", "hooks.example"), "https" if "server" in how else "http")
            office.log()
            await office.until_tried(1)

    run(story())
    attempt: dict[str, Any] = office.only()["attempts"][0]
    return attempt


def test_a_name_that_was_public_when_it_was_configured_is_looked_at_again(office: Office) -> None:
    async def configure(reach: Reach) -> None:
        await reach.check("http://hooks.example/")

    names, receiver = Names(["8.8.8.8"], ["127.0.0.1"]), Receiver()
    reach = Reach(resolve=names)
    run(configure(reach))
    attempt = to_name(office, receiver, reach)
    assert attempt["error"] == "refused: 'hooks.example (127.0.0.1)' is not a public address"
    assert receiver.connections == 0


def test_what_was_looked_up_and_checked_is_what_is_connected_to(office: Office) -> None:
    names, receiver = Names(["127.0.0.1"], ["203.0.113.1"]), Receiver()
    assert to_name(office, receiver, Reach(["hooks.example"], resolve=names))["status"] == 200
    assert names.asked == ["hooks.example"]
    assert receiver.came[0][0]["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(office: Office) -> None:
    names = Names(["::1", "127.0.0.1"])
    assert to_name(office, Receiver(), Reach(["hooks.example"], resolve=names))["status"] == 200


def test_a_name_that_nobody_knows_is_a_failure(office: Office) -> None:
    attempt = to_name(office, Receiver(), Reach(resolve=Names([])))
    assert attempt["error"] == "its host cannot be looked up: Name or service not known"


@pytest.mark.parametrize(("certified", "status"), [("hooks.example", 200), ("other.example", None)])
def test_the_certificate_must_be_that_of_the_name(office: Office, certified: str, status: int | None) -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(certified).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    reach = Reach(["hooks.example"], resolve=Names(["127.0.0.1"]))
    attempt = to_name(office, Receiver(), reach, server=server, client=client)
    assert attempt["status"] == status
    assert ("certificate verify failed" in attempt["error"]) is (status is None)

"""What is logged arrives, signed and at least once, whatever receivers do; on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from cadence.server.bodies.webhooks import PatchWebhook
from cadence.server.store import endpoints, outbox
from cadence.server.webhooks.signature import is_signed, key_of
from cadence.service.webhooks.deliverer import DELIVERER
from tests.contracts.webhooks.office import SECRET, Office, run
from tests.contracts.webhooks.receiver import Receiver, answers, hangs, receiving

if TYPE_CHECKING:
    from datetime import datetime


def tried(office: Office) -> list[tuple[int, int | None, str]]:
    return [(each["number"], each["status"], each["error"]) for each in office.only()["attempts"]]


def text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def test_what_is_logged_arrives_signed(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver()) as receiver, office.delivering():
            office.listen(receiver.port)
            event_id = office.log()
            await office.until_all("delivered")
        ((headers, content),) = receiver.came
        assert headers["webhook-id"] == event_id
        assert headers["webhook-timestamp"] == str(int(office.clock.now().timestamp()))
        assert headers["content-type"] == "application/json"
        assert headers["host"] == f"127.0.0.1:{receiver.port}"
        signature = headers["webhook-signature"]
        assert is_signed([key_of(SECRET)], signature, event_id, headers["webhook-timestamp"], content)
        assert json.loads(content) == office.only()["payload"]

    run(story())
    assert office.only()["finished"] == "2026-11-20T15:00:00Z"
    assert tried(office) == [(1, 200, "")]


def test_what_fails_is_tried_again_by_the_schedule_with_the_same_id(office: Office) -> None:
    async def story() -> None:
        failing = Receiver(answers(500, b"down\x00 again"), answers(404), answers(204))
        async with receiving(failing) as receiver, office.delivering():
            office.listen(receiver.port)
            office.log()
            for number, pause_s in [(1, 5), (2, 300)]:
                await office.until_tried(number)
                assert office.only()["next_attempt"] == text(office.clock.now() + timedelta(seconds=pause_s))
                office.clock.advance(pause_s)
            await office.until_all("delivered")
        assert len(set(receiver.ids)) == 1
        stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.came]
        assert [stamp - stamps[0] for stamp in stamps] == [0, 5, 305]

    run(story())
    assert tried(office) == [(1, 500, "answered 500: down  again"), (2, 404, "answered 404"), (3, 204, "")]


def test_after_ten_tries_it_is_given_up_and_kept_until_somebody_redelivers(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(answers(500))) as receiver, office.delivering():
            office.listen(receiver.port)
            office.log()
            for number in range(1, 11):
                await office.until_tried(number)
                office.clock.advance(86_400)
            assert office.states() == {"failed"}
            receiver.behaviours = [answers(200)]
            office.redeliver()
            await office.until_all("delivered")
        assert len(set(receiver.ids)) == 1

    run(story())
    assert [number for number, *_ in tried(office)] == list(range(1, 12))


def test_a_receiver_that_is_gone_is_told_nothing_more(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(answers(410))) as receiver:
            endpoint_id = office.listen(receiver.port)
            office.log()
            async with office.delivering():
                await office.until_all("failed")
                office.log()
                await asyncio.sleep(0.1)
            assert len(receiver.came) == 1
        webhook = office.endpoint(endpoint_id)
        assert (webhook["enabled"], webhook["disabled_reason"]) == (False, "the receiver answered 410 Gone")
        (entry,) = office.audited(endpoint_id)
        assert (entry["action"], entry["user_id"], entry["fields"]) == ("webhook disabled", DELIVERER, ["enabled"])

    run(story())
    assert len(office.all()) == 1


def test_a_receiver_may_ask_for_a_longer_pause(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(answers(503, Retry_After="120"))) as receiver, office.delivering():
            office.listen(receiver.port)
            office.log()
            await office.until_tried(1)

    run(story())
    assert office.only()["next_attempt"] == text(office.clock.now() + timedelta(seconds=120))


def test_two_processes_send_nothing_twice(office: Office) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            receiver = await stack.enter_async_context(receiving(Receiver(answers(200, after_s=0.02))))
            office.listen(receiver.port)
            events = [office.log() for _ in range(40)]
            for _ in range(2):
                await stack.enter_async_context(office.delivering())
            await office.until_all("delivered")
        assert sorted(receiver.ids) == sorted(events)

    run(story())


def test_what_a_killed_process_had_in_hand_goes_again_when_its_hand_opens(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver()) as receiver:
            office.listen(receiver.port)
            event_id = office.log()
            now = office.clock.now()
            until = now + timedelta(seconds=35)
            take = partial(outbox.take, holder="killed", now=now, until=until, most=10, under_way={})
            (errand,) = office.store.write_now(take)
            assert SECRET not in repr(errand)
            async with office.delivering():
                await asyncio.sleep(0.1)
                assert receiver.came == []
                office.redeliver()
                await asyncio.sleep(0.1)
                assert receiver.came == []
                office.clock.advance(35)
                await office.until_all("delivered")
            assert receiver.ids == [event_id]

    run(story())


def test_a_webhook_that_is_disabled_while_it_is_tried_holds_what_failed(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(answers(500, after_s=0.3), answers(200))) as receiver, office.delivering():
            endpoint_id, now = office.listen(receiver.port), office.clock.now()
            office.log()
            await office.until(lambda: len(receiver.came) == 1)
            office.store.write_now(lambda c: endpoints.disable(c, endpoint_id, reason="by a test", now=now))
            await office.until_tried(1)
            office.clock.advance(60)
            await asyncio.sleep(0.1)
            assert (office.states(), len(receiver.came)) == ({"held"}, 1)
            body = PatchWebhook(enabled=True)
            enable = partial(endpoints.change, body=body, given={"enabled"}, now=office.clock.now())
            office.store.write_now(lambda c: enable(c, office.caller.business_id, endpoint_id))
            await office.until_all("delivered")

    run(story())


def test_a_receiver_that_does_not_answer_holds_up_no_other(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(hangs)) as dead, receiving(Receiver()) as living:
            office.listen(dead.port)
            for _ in range(270):
                office.log()
            async with office.delivering(timeout_s=0.5):
                office.listen(living.port)
                event_id = office.log()
                await office.until(lambda: event_id in living.ids)
            assert dead.most_at_once <= outbox.MOST_EACH

    run(story())


def test_what_arrived_is_forgotten_after_a_while_and_what_failed_is_not(office: Office) -> None:
    async def story() -> None:
        async with receiving(Receiver(answers(410), answers(200))) as receiver, office.delivering():
            office.listen(receiver.port)
            office.log()
            await office.until_all("failed")
            office.listen(receiver.port)
            for _ in range(3):
                office.log()
            await office.until(lambda: office.states() == {"failed", "delivered"} and len(receiver.came) == 4)

    run(story())
    prune = partial(outbox.prune, before=office.clock.now(), most=2)
    assert office.store.write_now(prune) == 0
    office.clock.advance(1)
    assert [office.store.write_now(partial(outbox.prune, before=office.clock.now(), most=2)) for _ in "two"] == [
        2,
        1,
        0,
    ]
    assert office.states() == {"failed"}

"""A store with webhooks, what sends them, and a clock that a test moves."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.webhooks import CreateWebhook
from cadence.server.paging import Page
from cadence.server.store import audit, deliveries, endpoints, logged
from cadence.server.store.keys import Caller, Scope
from cadence.server.webhooks.reach import Reach
from cadence.server.webhooks.shape import delivery_shape
from cadence.service.webhooks.deliverer import Deliverer
from cadence.service.webhooks.sender import Sender

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from cadence.server.store.store import Store
    from tests.conftest import StoppedClock

__all__ = ["SECRET", "Office", "run"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HERE = Reach(["127.0.0.1"])


class Office:
    def __init__(self, store: Store, clock: StoppedClock, caller: Caller) -> None:
        self.store = store
        self.clock = clock
        self.caller = Caller(caller.business_id, caller.user_id, Scope.ADMIN)

    def listen(self, port: int, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Add a webhook to that port and return its id."""
        body = CreateWebhook.model_validate({"url": f"{scheme}://{host}:{port}/hook", "secret": SECRET})
        row = self.store.write_now(
            lambda c: endpoints.create(
                c,
                self.caller.business_id,
                body,
                endpoint_id=self.store.ids.next(self.clock.now()),
                now=self.clock.now(),
            )
        )
        return str(row["id"])

    def endpoint(self, endpoint_id: str) -> dict[str, Any]:
        return self.store.read_now(lambda c: endpoints.load(c, self.caller.business_id, endpoint_id))

    def log(self) -> str:
        """Log a call and return the id of its event."""
        body, logged_id = LogActivity(related_objects=[]), self.store.ids.next(self.clock.now())
        self.store.write_now(
            lambda c: logged.log(c, self.caller, "call", body, logged_id=logged_id, now=self.clock.now())
        )
        return f"msg_{logged_id}"

    def all(self) -> list[dict[str, Any]]:
        """Return all deliveries with their attempts, as the API shows them."""

        def work(connection: Any) -> list[dict[str, Any]]:
            of, page = self.caller.business_id, Page.of(1, 1000)
            rows, _ = deliveries.find(connection, of, endpoint_id=None, state=None, page=page)
            return [delivery_shape(*deliveries.load(connection, of, row["id"])) for row in rows]

        return self.store.read_now(work)

    def only(self) -> dict[str, Any]:
        (delivery,) = self.all()
        return delivery

    def states(self) -> set[str]:
        return {each["state"] for each in self.all()}

    def redeliver(self) -> None:
        delivery_id, now = self.only()["id"], self.clock.now()
        self.store.write_now(lambda c: deliveries.redeliver(c, self.caller.business_id, delivery_id, now=now))

    def audited(self, subject_id: str) -> list[dict[str, Any]]:
        def work(connection: Any) -> list[dict[str, Any]]:
            page = Page.of(1, 100)
            return audit.find(connection, self.caller.business_id, subject_id=subject_id, user_id=None, page=page)[0]

        return self.store.read_now(work)

    @asynccontextmanager
    async def delivering(self, *, timeout_s: float = 15, reach: Reach = HERE, tls: Any = None) -> AsyncIterator[None]:
        sender = Sender(reach, timeout_s=timeout_s, tls=tls)
        async with Deliverer(self.store, sender, clock=self.clock, draw=lambda: 0.0, poll_s=0.02):
            yield

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - nobody could set an event: what is awaited is in the store
                await asyncio.sleep(0.02)

    async def until_tried(self, times: int) -> None:
        await self.until(lambda: sum(len(each["attempts"]) for each in self.all()) >= times)

    async def until_all(self, state: str) -> None:
        await self.until(lambda: self.states() == {state})


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)

"""Webhooks from a full outbox to a receiver in a process of its own, against the rate that is promised beside all else."""

from __future__ import annotations

import asyncio
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cadence.clock import SystemClock
from cadence.config import ServiceSettings, Settings
from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.webhooks import CreateWebhook
from cadence.server.store import endpoints, logged, outbox
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.opening import open_store
from cadence.service.keys import KeyWish, make_key
from cadence.service.webhooks.beside import deliverer
from tests.benchmarks.verdict import Measure
from tests.load.servers import SECRET, receiver

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.store.keys import IssuedKey
    from cadence.server.store.store import Store

AMOUNT = 1_000
PROMISED = 200
CLOCK = SystemClock()


def measure() -> list[Measure]:
    """Return how many were delivered a second."""
    with (
        tempfile.TemporaryDirectory() as name,
        receiver(Path(name) / "arrivals") as told,
        open_store(f"sqlite:///{name}/outbox.db") as store,
    ):
        key = make_key(store, KeyWish(), now=CLOCK.now())
        store.write_now(partial(_fill, store=store, key=key, told=told, now=CLOCK.now()))
        rate = AMOUNT / asyncio.run(_emptied(store, told))
    return [Measure("deliveries a second", f"{rate:,.0f} : {PROMISED}", rate / PROMISED, "at least", 1)]


def _fill(connection: Connection, *, store: Store, key: IssuedKey, told: str, now: datetime) -> None:
    caller, body = Caller(key.business_id, key.user_id, Scope.WRITE), LogActivity(related_objects=[])
    hook = CreateWebhook.model_validate({"url": f"{told}/hook", "secret": SECRET})
    endpoints.create(connection, key.business_id, hook, endpoint_id=store.ids.next(now), now=now)
    for _ in range(AMOUNT):
        logged.log(connection, caller, "call", body, logged_id=store.ids.next(now), now=now)


async def _emptied(store: Store, told: str) -> float:
    """Return in how many seconds all were delivered and that was written down."""
    settings = Settings(service=ServiceSettings(webhooks_allow=(told.removeprefix("http://"),)))
    began = time.perf_counter()
    async with deliverer(store, clock=CLOCK, settings=settings):
        while await store.read(partial(outbox.is_any_due, now=CLOCK.now(), under_way={})):  # noqa: ASYNC110 - as the store tells
            await asyncio.sleep(0.05)
    return time.perf_counter() - began

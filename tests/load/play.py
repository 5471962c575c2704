"""One load, from an empty store to the verdict."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx

from tests.acceptance.service.running import make_key
from tests.load.judge import judge, read_held
from tests.load.receiver import read_arrivals
from tests.load.servers import SECRET, Mortal, receiver
from tests.load.traffic import drive

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.service.running import Key
    from tests.load.judge import Verdict
    from tests.load.traffic import Load

__all__ = ["play"]

_DELIVERED_S = 120


def play(folder: Path, db: str, load: Load) -> Verdict:
    """Return what became of *load* on the store at *db*, which is made; logs and the receiver's book are in *folder*."""
    key = make_key(folder, "--scope", "admin", "--db", db)
    book = folder / "arrivals"
    with receiver(book) as told:
        return asyncio.run(_play(Mortal(folder, db, told=told), key, load, book=book, told=told))


async def _play(service: Mortal, key: Key, load: Load, *, book: Path, told: str) -> Verdict:
    async with service:
        _listen(service, key, told)
        acknowledged = await drive(service, key, load)
        with _client(service, key) as client:
            await asyncio.to_thread(_until_delivered, client)
            verdict = judge(acknowledged, read_held(client), list(read_arrivals(book)))
    verdict.kills = service.kills
    verdict.broken += [f"the log says {line}" for line in service.complaints()[:3]]
    return verdict


def _listen(service: Mortal, key: Key, told: str) -> None:
    with _client(service, key) as client:
        client.post("/api/webhooks", json={"url": f"{told}/hook", "secret": SECRET}).raise_for_status()


def _until_delivered(client: httpx.Client) -> None:
    """Wait until nothing waits any more; what does so for too long is found out by the judge."""
    ends = time.monotonic() + _DELIVERED_S
    while time.monotonic() < ends and client.get("/api/webhooks/deliveries?state=waiting&page_size=1").json()["count"]:
        time.sleep(0.2)  # noqa: TID251 - another process works meanwhile


def _client(service: Mortal, key: Key) -> httpx.Client:
    return httpx.Client(base_url=service.base_url, headers=key.headers, timeout=60)

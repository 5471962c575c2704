"""What a client asks for over HTTP while the service is killed under it, and what it was told."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.acceptance.service.running import SCHEDULED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.service.running import Key
    from tests.load.servers import Mortal

__all__ = ["LOG", "Load", "Told", "drive"]

LOG = "/api/activities/call/log-activity"
_CREATORS, _LOGGERS = 32, 32
_MOST_WAIT_S = 1.0
_UNDER_WAY = 8  # creates, when the process is killed


@dataclass(frozen=True, slots=True)
class Load:
    """So many activities as fast as they are taken, and beside them so many logged a second; with so many kills."""

    activities: int
    rate: int
    seconds: float
    kills: int


@dataclass
class Told:
    """What was acknowledged: of each activity its note, of each log what it completed and when that was told.

    `unanswered` are the notes of creates without an answer: those may be there, once.
    """

    made: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    logged: dict[str, str] = field(default_factory=dict)
    logged_at: dict[str, float] = field(default_factory=dict)
    took_s: float = 0.0


async def drive(service: Mortal, key: Key, load: Load) -> Told:
    """Ask for all of *load*, kill the service as often as it says, and return what was acknowledged."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=key.headers, connector=connector) as session:
        client = _Client(session, service)
        began = time.monotonic()
        await asyncio.gather(client.create(load.activities), client.log(load), _kill(service, load, client))
        client.told.took_s = time.monotonic() - began
    return client.told


async def _kill(service: Mortal, load: Load, client: _Client) -> None:
    """Kill it at moments spread over the activities that are made, when some are on their way."""
    for number in range(1, load.kills + 1):
        while len(client.told.made) < load.activities * number // (load.kills + 1):  # noqa: ASYNC110 - others make them
            await asyncio.sleep(0.005)
        client.makes_way = False
        while client.under_way < _UNDER_WAY:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
        await service.kill()
        client.makes_way = True


class _Client:
    def __init__(self, session: aiohttp.ClientSession, service: Mortal) -> None:
        self.told = Told()
        self.makes_way = True
        self.under_way = 0  # creates without an answer yet
        self._session = session
        self._service = service
        self._open: asyncio.Queue[str] = asyncio.Queue()
        self._late_s = 0.0

    async def create(self, amount: int) -> None:
        """Create so many, several at a time."""
        numbers = iter(range(amount))
        await asyncio.gather(*(self._create(numbers) for _ in range(_CREATORS)))

    async def log(self, load: Load) -> None:
        """Log what was created, evenly; what is late is made up for, and creates make way as long as it is."""
        start = time.monotonic()
        moments = (start + number / load.rate for number in range(round(load.rate * load.seconds)))
        await asyncio.gather(*(self._log(moments) for _ in range(_LOGGERS)))
        self._late_s = 0.0

    async def _create(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            if self.makes_way and self._open.qsize() > _LOGGERS:
                await asyncio.sleep(min(self._late_s, _MOST_WAIT_S))
            note = f"load {number}"
            body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": note}
            self.under_way += 1
            answer = await self._ask(SCHEDULED, body)
            self.under_way -= 1
            if answer is None:
                self.told.unanswered.add(note)
            else:
                self.told.made[answer["id"]] = note
                self._open.put_nowait(answer["id"])

    async def _log(self, moments: Iterator[float]) -> None:
        for moment in moments:
            await asyncio.sleep(max(0.0, moment - time.monotonic()))
            completed = await self._open.get()
            self._late_s = time.monotonic() - moment
            answer = await self._ask(LOG, {"related_objects": [], "scheduled_activity_id": completed})
            if answer is not None:
                self.told.logged[answer["id"]] = completed
                self.told.logged_at[answer["id"]] = time.monotonic()

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return what was answered, None where nothing was, or not all of it, because the process was killed."""
        await self._service.lives.wait()
        try:
            async with self._session.post(self._service.base_url + path, json=body) as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
            return None
        assert response.status == 201, answer
        return answer

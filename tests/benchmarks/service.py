"""`cadence serve` beside the least that could serve the same, over HTTP, each in a process of its own.

Creates are durable in both: the bare one commits each by itself, as one would. Lists are of the first hundred of a
million activities. Deep pages are measured inside one process, where nothing else takes time, against the bare query
with the same offset.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import uvloop

from cadence.clock import SystemClock
from cadence.model.people import stable_id
from cadence.server.bodies.scheduled import ListScheduled
from cadence.server.paging import Page
from cadence.server.rendering import scheduled_texts
from cadence.server.store import scheduled, totals
from cadence.server.store.keys import Caller, IssuedKey, Scope
from cadence.server.store.opening import open_store
from cadence.service.keys import KeyWish, make_key
from tests.benchmarks.bare_service import Bare
from tests.benchmarks.verdict import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from cadence.server.store.store import Store

    Services = tuple[tuple[str, IssuedKey], tuple[str, IssuedKey]]

AT_ONCE = 64
CREATES = 1_500
LISTS = 300
ROUNDS = 3
ROWS = 1_000_000
PATH = "/api/activities/scheduled-activity"
CALL = stable_id("activity", "call")
_FILL = """
WITH RECURSIVE numbers(number) AS (VALUES(0) UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
INSERT INTO scheduled_activities (id, business_id, type_id, due_at, original_due_at, note, mentions, notify_mentioned,
    notifications, created_at, created_by, updated_at)
SELECT printf('0199aaaa-0000-7000-8000-%012x', number), ?, ?, number * 7919 % ? * 60000000, 0,
    'Welcome Maya, your plan is gold.', '[]', 0, '[]', 0, ?, 0 FROM numbers
"""
BODY = json.dumps(
    {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": "Welcome Maya, your plan is gold."}
).encode()


def measure() -> list[Measure]:
    """Return what creates, lists and deep pages come to against the bare service."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        creates, p99 = _creates(folder)
        lists = _lists(folder)
    return [creates, p99, *lists]


def _creates(folder: Path) -> tuple[Measure, Measure]:
    with _both(folder, "creates") as services:
        (rate, p99), (bare_rate, bare_p99) = _by_turns(services, "POST", CREATES)
    return (
        Measure("durable creates a second", f"{rate:,.0f} : {bare_rate:,.0f}", rate / bare_rate, "at least", 0.65),
        Measure("99 % of creates within", f"{p99:.0f} : {bare_p99:.0f} ms", p99 / bare_p99, "at most", 2),
    )


def _lists(folder: Path) -> list[Measure]:
    with _both(folder, "lists", rows=ROWS) as services:
        (rate, p99), (bare_rate, bare_p99) = _by_turns(services, "GET", LISTS)
    what = "lists of 100 of a million a second"
    return [
        Measure(what, f"{rate:,.0f} : {bare_rate:,.0f}", rate / bare_rate, "at least", 0.9),
        Measure("99 % of lists within", f"{p99:.0f} : {bare_p99:.0f} ms", p99 / bare_p99, "at most", 2),
        *_depths(folder / "lists-ours.db", folder / "lists-bare.db"),
    ]


def _by_turns(services: Services, method: str, requests: int) -> list[tuple[float, float]]:
    """Return of each service the medians of answers a second, and of the milliseconds in which 99 % of them came."""
    measured: list[list[tuple[float, float]]] = [[] for _ in services]
    for _ in range(ROUNDS):
        for taken, (url, key) in zip(measured, services, strict=True):
            taken.append(uvloop.run(_load(method, url, key, requests)))
    return [
        (statistics.median(rates), statistics.median(p99s))
        for rates, p99s in (zip(*each, strict=True) for each in measured)
    ]


def _depths(path: Path, bare_path: Path) -> list[Measure]:
    with open_store(f"sqlite:///{path}") as store, open_store(f"sqlite:///{bare_path}") as beside:
        caller, bare = _caller(store), Bare(str(bare_path), _caller(beside).business_id, CALL)
        taken = {
            number: (_page_ms(store, caller, number), _took_ms(partial(_bare_page, bare, number)))
            for number in (1, 100, 5_000, 10_000)
        }
    return [
        Measure(f"page {number:,} of a million", f"{ms:.1f} : {bare_ms:.1f} ms", ms / bare_ms, "at most", 1)
        for number, (ms, bare_ms) in taken.items()
    ]


def _page_ms(store: Store, caller: Caller, number: int) -> float:
    find = partial(scheduled.find, caller=caller, filters=ListScheduled(), page=Page(number, 100))

    def page() -> None:
        (rows, references), count = store.read_now(find)
        if (len(scheduled_texts(rows, references, caller)), count) != (100, ROWS):
            raise SystemExit(f"page {number} has {len(rows)} of {count} rows")

    return _took_ms(page)


def _bare_page(bare: Bare, number: int) -> None:
    json.dumps(bare.listed((number - 1) * 100))


def _took_ms(work: Callable[[], None]) -> float:
    """Return the median of several times."""
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


@contextmanager
def _both(folder: Path, what: str, *, rows: int = 0) -> Iterator[Services]:
    """Yield the address of `cadence serve` and of the bare service, each on a store of its own with as many rows."""
    ours, bare = (folder / f"{what}-{name}.db" for name in ("ours", "bare"))
    key = _prepare(ours, rows)
    bare_key = _prepare(bare, rows)
    command = [sys.executable, "-m", "cadence", "serve", "--port", "0", "--db", f"sqlite:///{ours}"]
    beside = [sys.executable, "-m", "tests.benchmarks.bare_service", str(bare), bare_key.business_id, CALL]
    with _running(command) as url, _running(beside) as bare_url:
        yield (url, key), (bare_url, bare_key)


def _prepare(path: Path, rows: int) -> IssuedKey:
    clock = SystemClock()
    with open_store(f"sqlite:///{path}") as store:
        key = make_key(store, KeyWish(), now=clock.now())
        if rows:
            store.write_now(partial(_fill, business_id=key.business_id, rows=rows))
    return key


def _fill(connection: Connection, business_id: str, rows: int) -> None:
    """Add activities that are due a minute apart, made in no order of their dues."""
    connection.exec_driver_sql("PRAGMA cache_size = -500000")
    connection.exec_driver_sql(_FILL, (rows - 1, business_id, CALL, rows, business_id))
    totals.add_to(connection, business_id, totals.SCHEDULED, rows)


def _caller(store: Store) -> Caller:
    row = store.read_now(lambda connection: connection.exec_driver_sql("SELECT id FROM businesses").scalar_one())
    return Caller(row, row, Scope.READ)


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.kill()


async def _load(method: str, url: str, key: IssuedKey, requests: int) -> tuple[float, float]:
    """Send so many requests and return how many were answered a second, and the ms in which 99 % of them were."""
    headers = {"X-API-KEY": key.api_key, "X-BUSINESS-ID": key.business_id, "X-USER-ID": key.user_id}
    left = iter(range(requests))
    taken: list[float] = []

    async def ask(session: aiohttp.ClientSession) -> None:
        for _ in left:
            began = time.perf_counter()
            async with session.request(method, url + PATH, data=BODY if method == "POST" else None) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    raise SystemExit(await response.text())
                await response.read()
            taken.append(time.perf_counter() - began)

    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        began = time.perf_counter()
        await asyncio.gather(*(ask(session) for _ in range(AT_ONCE)))
        rate = requests / (time.perf_counter() - began)
    return rate, sorted(taken)[requests * 99 // 100] * 1000

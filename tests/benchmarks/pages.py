"""The pages over 10,000 tasks and 10,000 enrollments, beside the same pages over what one page of a list holds.

Everything is asked in this process, so that what is measured is what the service takes to answer: the session is looked
up, the database read, the page written.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from cadence.clock import SystemClock
from cadence.config import load_settings
from cadence.ledger.sums import BODY_COLUMNS, STATE_COLUMNS, checksum
from cadence.server.store.opening import open_store
from cadence.service.application import build_service
from tests.benchmarks.verdict import Measure
from tests.pages import furnish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.pages import Office

FEW, MANY = 50, 10_000
ROUNDS = 15
SERVER_MS = 100
MOST_TIMES = 8
"""For 200 times as much: Load counts all of four weeks, where the others show one page of it."""
PATHS = {
    "Today": "/today",
    "Today, last page": "/today?page={last}",
    "Today, somebody's": "/today?assignee=me",
    "Load": "/load",
    "Enrollments": "/enrollments",
    "Enrollments, found": "/enrollments?q=mia&state=scheduled",
    "Ledger": "/ledger",
    "Ledger, to be sent": "/ledger?show=waiting",
}
_TASKS = """
WITH RECURSIVE numbers(number) AS (VALUES(0) UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
INSERT INTO scheduled_activities
SELECT {columns} FROM numbers, (SELECT * FROM scheduled_activities LIMIT 1) AS task
"""
_TASK = {
    "id": "printf('0199aaaa-0000-7000-8000-%012x', number)",
    "due_at": "task.due_at + (number - 500) * 600000000",  # 10 minutes apart: 500 are overdue, the rest takes ten weeks
    "employee_id": "CASE number % 2 WHEN 0 THEN (SELECT min(id) FROM employees) ELSE (SELECT max(id) FROM employees) END",
}
_LINKS = """
INSERT INTO scheduled_entities
SELECT made.id, link.object_id, link.business_id, link.record_id FROM scheduled_activities AS made,
    (SELECT * FROM scheduled_entities LIMIT 1) AS link WHERE made.id LIKE '0199aaaa-%'
"""


@dataclass(frozen=True)
class Site:
    """A service that answers in this process, and how many tasks and enrollments it has."""

    client: httpx.AsyncClient
    size: int

    async def took_ms(self, path: str) -> float:
        began = time.perf_counter()
        answer = await self.client.get(path.format(last=self.size // FEW))
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != httpx.codes.OK:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
        return took


def measure() -> list[Measure]:
    """Return what the pages come to against those of a small team, and Today against 100 ms."""
    taken = asyncio.run(_taken())
    measures = [
        Measure(f"{name}, {MANY:,} : {FEW}", f"{many:.0f} : {few:.0f} ms", many / few, "at most", MOST_TIMES)
        for name, (few, many) in taken.items()
    ]
    today = taken["Today"][1]
    return [
        *measures,
        Measure(f"Today of {MANY:,}, of {SERVER_MS} ms", f"{today:.0f} ms", today / SERVER_MS, "at most", 1),
    ]


async def _taken() -> Mapping[str, tuple[float, float]]:
    """Return of each page the medians over few and over many, asked by turns."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        async with _site(Path(small), FEW) as few, _site(Path(large), MANY) as many:
            return {title: (await _median(few, path), await _median(many, path)) for title, path in PATHS.items()}


async def _median(site: Site, path: str) -> float:
    await site.took_ms(path)
    return statistics.median([await site.took_ms(path) for _ in range(ROUNDS)])


@asynccontextmanager
async def _site(folder: Path, size: int) -> AsyncIterator[Site]:
    office = await asyncio.to_thread(furnish, folder)
    _fill(office, size)
    settings = load_settings(folder)
    with open_store(settings.store_url) as store:
        app = build_service(store, clock=SystemClock(), settings=settings)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            form = {"api_key": office.admin.api_key, "zone": "Europe/Berlin"}
            await client.post("/sign-in", data=form)
            yield Site(client, size)


def _fill(office: Office, size: int) -> None:
    """Add so many tasks to the store, and so many enrollments of three steps to the ledger."""
    with closing(sqlite3.connect(office.folder / ".cadence" / "activities.db")) as store, store:
        columns = [row[1] for row in store.execute("PRAGMA table_info(scheduled_activities)")]
        chosen = ", ".join(_TASK.get(name, f"task.{name}") for name in columns)
        store.execute(_TASKS.format(columns=chosen), (size - 1,))
        store.execute(_LINKS)
    with office.ledger() as ledger:
        enrollment = ledger.execute("SELECT * FROM enrollments WHERE record_name = 'Mia Wolf'").fetchone()
        entries = ledger.execute("SELECT * FROM entries WHERE enrollment = ?", (enrollment["key"],)).fetchall()
        log = ledger.execute("SELECT * FROM changes WHERE enrollment = ?", (enrollment["key"],)).fetchall()
        attempts = ledger.execute("SELECT * FROM attempts LIMIT 1").fetchall()
        for number in range(size):
            copied = partial(_copied, ledger, number=number)
            copied("enrollments", enrollment, record_id=f"r-{number}", created_at=enrollment["created_at"] + number)
            for entry in entries:
                state = "planned" if entry["step"] == "offer" else entry["state"]
                copied("entries", entry, enrollment=_key(enrollment["key"], number), state=state)
                copied("attempts", attempts[0], entry=_key(entry["key"], number), id=None)
            for line in log:
                copied("changes", line, enrollment=_key(enrollment["key"], number), id=None)


def _copied(ledger: sqlite3.Connection, table: str, row: sqlite3.Row, *, number: int, **values: object) -> None:
    made = {**dict(row), **values}
    if "key" in made:
        made["key"] = _key(made["key"], number)
    if table == "entries":
        made["body_sum"], made["state_sum"] = (
            checksum([made[name] for name in names]) for names in (BODY_COLUMNS, STATE_COLUMNS)
        )
    marks = ", ".join("?" * len(made))
    ledger.execute(f"INSERT INTO {table} VALUES ({marks})", list(made.values()))  # noqa: S608 - the benchmark's own words


def _key(key: object, number: int) -> str:
    return f"{number:08x}{str(key)[8:]}"

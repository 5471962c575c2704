"""A CRM over HTTP with records in it, and a project whose target it is."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from cadence.config import load_settings
from cadence.engine.targets import identity_of
from cadence.files import load_sequence
from cadence.model.people import Directory
from cadence.planning.plan import make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.clock import Clock
    from cadence.model.people import Record
    from cadence.model.plan import Plan
    from tests.contracts.crm.running import Reached

__all__ = ["Account", "Delayed"]

SEQUENCE = """\
sequence: hardy
timezone: Europe/Paris
steps:
  - {id: one, activity: call, due: 1 day after start, note: "Call {{ record.first_name }}"}
  - {id: two, activity: email, due: 1 day after one}
  - {id: three, activity: task, due: 1 day after two}
"""
STEPS = 3
_CREATE = ("POST", "/api/activities/scheduled-activity")


class Delayed:
    """An application that takes `seconds` for a POST of a scheduled activity."""

    def __init__(self, app: Any, seconds: float) -> None:
        self._app = app
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["method"], scope["path"]) == _CREATE:
            await asyncio.sleep(self.seconds)
        await self._app(scope, receive, send)


class Account:
    """The CRM as its own store shows it, and plans for the records in it."""

    def __init__(self, folder: Path, reached: Reached, clock: Clock, *, delayed: Delayed | None = None) -> None:
        self.folder = folder
        self.reached = reached
        self._clock = clock
        self._delayed = delayed
        (folder / "hardy.yaml").write_text(SEQUENCE, encoding="utf-8")

    def plan(self, records: int, name: str = "plan.json") -> Plan:
        """Write a plan for that many records, each in the CRM, to the file *name*."""
        people = asyncio.run(self._people(records))
        settings = load_settings(self.folder, {})
        directory = Directory(target=identity_of(settings.target("crm")))
        plan = make_plan(load_sequence(self.folder / "hardy.yaml"), people, now=self._clock.now(), directory=directory)
        (self.folder / name).write_text(plan.to_json(), encoding="utf-8")
        return plan

    async def _people(self, records: int) -> list[Record]:
        async with self.reached.client() as client:
            for number in range(records):
                email = f"person-{number}@secret.test"
                fields = {"email": email, "first_name": f"Secretname{number}"}
                await client.upsert_record("client_client", email, fields)
            return [each async for each in client.search_records("client_client", limit=records)]

    def put(self, email: str) -> None:
        """Add a record to the CRM."""

        async def add() -> None:
            async with self.reached.client() as client:
                await client.upsert_record("client_client", email, {"email": email, "first_name": "Late"})

        asyncio.run(add())

    def hurry(self) -> None:
        """Let the CRM answer at once from now on."""
        assert self._delayed is not None
        self._delayed.seconds = 0.0

    def sent(self) -> list[tuple[str, int]]:
        """Return marker and due of all scheduled activities, in the order in which the CRM took them."""
        with closing(sqlite3.connect(self.folder / "crm.db")) as store:
            rows = store.execute("SELECT note, due_at FROM scheduled_activities ORDER BY id").fetchall()
        return [(re.findall(r"\[cadence \w+\]", note)[-1], due) for note, due in rows]

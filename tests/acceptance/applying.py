"""A project whose target is a CRM over HTTP that takes its time, and runs of the command in it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from cadence.clock import SystemClock
from tests.contracts.crm.running import Reached
from tests.temporal.account import STEPS, Account
from tests.temporal.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan

__all__ = ["STEPS", "Apply", "Shop", "open_shop"]

SETTINGS = """\
[ledger]
url = "{ledger}"
[targets.crm]
base_url = "{base_url}"
api_key = "{api_key}"
business_id = "{business_id}"
user_id = "{user_id}"
[submit]
quiet_period = {quiet_s}
concurrency = 4
"""


class Door:
    """Stands before a CRM: a POST takes its time, and from number `free` on it waits until the door is opened."""

    def __init__(self, app: Any, *, delay: float) -> None:
        self._app = app
        self._delay = delay
        self._came = 0
        self.requests: list[tuple[str, int]] = []  # method and status of each
        self.free: float = inf
        self.held = 0

    def open(self) -> None:
        self.free = inf

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("scheduled-activity"):
            self._came += 1
            await self._pass(self._came)

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.requests.append((scope["method"], message["status"]))
            await send(message)

        await self._app(scope, receive, answer)

    async def _pass(self, number: int) -> None:
        self.held += 1
        await asyncio.sleep(self._delay)
        while number > self.free:  # noqa: ASYNC110 - opened by another thread
            await asyncio.sleep(0.02)
        self.held -= 1


@dataclass
class Shop:
    """A project, the CRM's door, and the runs that were begun."""

    account: Account
    door: Door
    begun: list[Apply] = field(default_factory=list)

    def apply(self) -> Apply:
        """Begin to apply the plan."""
        self.begun.append(Apply(self.account.folder, len(self.begun)))
        return self.begun[-1]

    def sent(self) -> int:
        return len(self.account.sent())

    def assert_completed(self, plan: Plan) -> None:
        """Assert that the next run does what is left, and that the CRM then holds each activity of *plan* once."""
        self.door.open()
        code, report, err = self.apply().done()
        total = sum(1 for _ in plan.activities)
        assert (code, report["scheduled"] + report["adopted"] + report["kept"]) == (0, total), err
        self.assert_each_once(plan)

    def assert_each_once(self, plan: Plan) -> None:
        """Assert that the CRM holds each activity of *plan*, and none twice."""
        sent = [marker for marker, _ in self.account.sent()]
        assert sorted(sent) == sorted(activity.marker for activity in plan.activities)


class Apply:
    """`cadence apply plan.json --format json`, running; what it says can be read meanwhile."""

    def __init__(self, folder: Path, number: int) -> None:
        self._out, self._err = folder / f"apply-{number}.out", folder / f"apply-{number}.err"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CADENCE_")}
        command = [sys.executable, "-m", "cadence", "apply", "plan.json", "--format", "json"]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(command, cwd=folder, env=kept, stdout=out, stderr=err)

    @property
    def err(self) -> str:
        return self._err.read_text(encoding="utf-8")

    def says(self, text: str) -> None:
        """Return once it said *text*."""
        until(lambda: text in self.err, what=f"'{text}' in: {self.err}")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def done(self) -> tuple[int, dict[str, Any], str]:
        """Return its exit code, its report, empty where it printed none, and its stderr."""
        code = self.process.wait(timeout=60)
        out = self._out.read_text(encoding="utf-8")
        return code, json.loads(out) if out else {}, self.err


@contextmanager
def open_shop(project: Path, ledger: str, *, delay: float = 0.0, quiet_s: float = 1.0) -> Iterator[Shop]:
    """Serve a CRM that takes *delay* seconds for a POST, and make *project* one for it and *ledger*."""
    reached = Reached(project / "crm.db", SystemClock())
    door = reached.app = Door(reached.app, delay=delay)
    key = reached.key
    with reached.over("over HTTP"):
        keys = {"api_key": key.api_key, "business_id": key.business_id, "user_id": key.user_id}
        text = SETTINGS.format(ledger=ledger, base_url=reached.base_url, quiet_s=quiet_s, **keys)
        (project / "cadence.toml").write_text(text, encoding="utf-8")
        shop = Shop(Account(project, reached, SystemClock()), door)
        try:
            yield shop
        finally:
            door.open()
            for each in shop.begun:
                each.kill()
    reached.store.close()

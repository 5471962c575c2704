"""The processes of a load: `cadence serve`, which is killed and started again, and who is told."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

from tests.acceptance.service.running import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SECRET", "Mortal", "receiver"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_TIMEOUT_S = 3
"""For one delivery: what a killed process had in hand goes again after twice that and five seconds."""


class Mortal:
    """`cadence serve` on one store, a process at a time, while it is entered; each has a folder of its own."""

    def __init__(self, folder: Path, db: str, *, told: str) -> None:
        self._folder = folder
        self._db = db
        self._environ = {
            "CADENCE_SERVICE__WEBHOOKS_ALLOW": told.removeprefix("http://"),
            "CADENCE_SERVICE__WEBHOOK_TIMEOUT": str(_TIMEOUT_S),
        }
        self._life = ExitStack()
        self.kills = 0
        self.lives = asyncio.Event()
        self.base_url = ""

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self._life.close()

    async def kill(self) -> None:
        """Kill the process by SIGKILL and start another."""
        self.lives.clear()
        await asyncio.to_thread(self._life.close)
        self.kills += 1
        await self._begin()

    def complaints(self) -> list[str]:
        """Return the lines of all logs that say what went wrong."""
        lines = [line for log in self._folder.glob("life-*/serve.log") for line in log.read_text().splitlines()]
        return [line for line in lines if '"level": "info"' not in line]

    async def _begin(self) -> None:
        folder = self._folder / f"life-{self.kills}"
        folder.mkdir()
        enter = self._life.enter_context
        served = await asyncio.to_thread(lambda: enter(serve(folder, "--db", self._db, environ=self._environ)))
        self.base_url = served.base_url
        self.lives.set()


@contextmanager
def receiver(book: Path) -> Iterator[str]:
    """Start who is told, and yield its base URL."""
    command = [sys.executable, "-m", "tests.load.receiver", str(book), SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.kill()

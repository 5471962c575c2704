"""The servers that all rounds share: the CRM, PostgreSQL, and Temporal with its two workers."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.chaos.process import Actor
from tests.temporal.processes import TemporalServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from random import Random  # noqa: TID251 - seeded, so that a round can be repeated

__all__ = ["Workers", "crm", "temporal"]


@contextmanager
def crm() -> Iterator[str]:
    """Start the CRM and yield its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.crm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


@contextmanager
def temporal(folder: Path) -> Iterator[TemporalServer]:
    """Start a Temporal server that keeps its state in *folder*."""
    folder.mkdir(parents=True)
    server = TemporalServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Workers:
    """Temporal's workers, which rounds that go on at the same time share; whichever ends is started again."""

    def __init__(self, folders: Sequence[Path], server: TemporalServer) -> None:
        self._actors = [Actor(folder, "worker", "--engine", "temporal", "--chunks", "8") for folder in folders]
        self._server = server
        self._lock = threading.Lock()
        for actor in self._actors:
            actor.start()

    def keep(self) -> None:
        """Start again what ended by itself: a worker does where it cannot reach Temporal at its start."""
        with self._lock:
            for actor in self._actors:
                if actor.code() is not None:
                    actor.start()

    def kill_one(self, chance: Random) -> None:
        with self._lock:
            actor = chance.choice(self._actors)
            actor.kill()
            actor.start()

    def kill_server(self) -> None:
        with self._lock:
            self._server.kill()
            self._server.start()

    def end(self) -> None:
        for actor in self._actors:
            actor.kill()

"""Processes that run the command: started often, killed at will, stopped and woken."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos import child

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerProcess

    from tests.chaos.child import Bug, Stop

__all__ = ["Actor", "until"]

# Each is a fork of one process that has imported all this, so that starting it takes no second.
_IMPORTED = """
    tests.chaos.child cadence.engine.engine cadence.engine.bulk cadence.runner.temporal cadence.cli.progress
    cadence.cli.commands.apply cadence.cli.commands.settle cadence.cli.commands.worker cadence.crm.aiohttp_transport
    cadence.crm.client cadence.ledger.ledger cadence.ledger.migrate cadence.ledger.postgres cadence.ledger.sqlite
    alembic.command psycopg
"""
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(_IMPORTED.split())


def until(condition: Callable[[], bool], *, within: float, what: str) -> None:
    """Wait until *condition* holds. Raises TimeoutError."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"took longer than {within:g} s: {what}")
        time.sleep(0.02)  # noqa: TID251 - real processes keep real time


class Actor:
    """One part in a round: the command with its arguments in a folder, whichever process plays it just now."""

    def __init__(self, folder: Path, *arguments: str, bug: Bug | None = None, stop: Stop | None = None) -> None:
        self._folder = folder
        self._arguments = arguments
        self._bug = bug
        self._stop = stop
        self._process: ForkServerProcess | None = None

    @property
    def name(self) -> str:
        return self._folder.name

    def start(self) -> None:
        """Play it by a new process."""
        self._process = _FORKS.Process(
            target=child.run, args=(str(self._folder), self._arguments, self._stop, self._bug), daemon=True
        )
        self._process.start()

    def code(self, *, within: float | None = 0.0) -> int | None:
        """Return the exit code, negative for a signal, None while it lives after that many seconds."""
        assert self._process is not None
        self._process.join(within)
        return self._process.exitcode

    def kill(self) -> bool:
        """Kill it by SIGKILL; return whether there was anything to kill."""
        assert self._process is not None
        lived = self.code() is None
        self._process.kill()
        self._process.join()
        return lived

    def is_stopped(self) -> bool:
        """Return whether it stands still. Source: proc(5), /proc/pid/stat, field 3."""
        assert self._process is not None
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] == "T"

    def wake(self) -> float:
        """Let it go on where it lives; return the moment, on the clock that never steps."""
        moment = time.monotonic()
        if self.code() is None:
            assert self._process is not None
            assert self._process.pid is not None
            os.kill(self._process.pid, signal.SIGCONT)
        return moment

    def said(self) -> str:
        """Return what it printed so far, whichever process it was."""
        log = self._folder / "log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

"""The real things: a Temporal server, workers and the command, each a process that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

__all__ = ["Command", "TemporalServer", "Worker", "free_port", "until"]

_READY_S = 60.0


def until(condition: object, *, within: float = _READY_S, what: str = "") -> None:
    """Wait until *condition*, a callable, is true. Raises AssertionError when it takes too long."""
    assert callable(condition)
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"took longer than {within:g} s: {what}"
        time.sleep(0.1)  # noqa: TID251 - real processes keep real time


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class TemporalServer:
    """`temporal server start-dev` on loopback, keeping its state in a file, so that it survives kill -9."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        binary = Path(sys.executable).with_name("temporal")
        command = [str(binary), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(self.port)]
        command += ["--db-filename", str(self.folder / "temporal.db"), "--log-level", "never"]
        with (self.folder / "temporal.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self.is_up, what="start of the Temporal server")

    def is_up(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CADENCE_")}


class Worker:
    """`cadence worker` in the folder of a project, by default of the version that is installed."""

    def __init__(self, project: Path, *, name: str, chunks: int = 2, version: str = "", **environment: str) -> None:
        self.log = project / f"{name}.log"
        set_version = f"import cadence.version; cadence.version.__version__ = '{version}'; " if version else ""
        code = f"{set_version}from cadence.cli.main import main; main()"
        command = [sys.executable, "-c", code, "worker", "--engine", "temporal", "--chunks", str(chunks)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=project, env=_environment() | environment, stdout=log, stderr=log
            )

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.text()
        return "working on task queue" in self.text()

    def ready(self) -> Worker:
        until(self.is_ready, what=f"start of a worker: {self.text()}")
        return self

    def end(self) -> int:
        """Tell it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_READY_S)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Command:
    """`cadence ARGUMENTS...` in the folder of a project, running."""

    begun: ClassVar[list[Command]] = []

    def __init__(self, project: Path, *arguments: str, **environment: str) -> None:
        self._err = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `done`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cadence", *arguments],
            cwd=project,
            env=_environment() | environment,
            stdout=subprocess.PIPE,
            stderr=self._err,
            text=True,
        )
        self.begun.append(self)

    @classmethod
    def end_all(cls) -> None:
        """Kill those that a failed test left behind."""
        for command in cls.begun:
            command.process.kill()
            if command.process.stdout and not command.process.stdout.closed:
                command.done()
        cls.begun.clear()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def told(self) -> str:
        """Return what it wrote to stderr so far."""
        descriptor = self._err.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode()

    def done(self, *, within: float = 120.0) -> tuple[int, str, str]:
        """Return its exit code, stdout and stderr."""
        out, _ = self.process.communicate(timeout=within)
        with self._err:
            return self.process.returncode, out, self.told()

"""The servers that all rounds share: the CRM, and Temporal."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.temporal.processes import TemporalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["crm", "temporal"]


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

"""Real processes, really interrupted, in the middle of a request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.simulation.apply_once import PLAN
from tests.simulation.line_crm import LineServer, serve

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.crash, pytest.mark.slow]


def start(path: Path, port: int, *, stderr: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.simulation.apply_once", str(path), str(port)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(tmp_path: Path) -> None:
    running: list[subprocess.Popen[str]] = []

    def interrupt(number: int, when: str) -> None:
        if (number, when) == (4, "before"):
            os.kill(running[0].pid, signal.SIGINT)
            threading.Event().wait(0.2)

    server = LineServer(interrupt)
    with serve(server) as listener:
        running.append(start(tmp_path / "ledger.db", listener.server_address[1]))
        output, _ = running[0].communicate(timeout=60)
        listener.shutdown()
    report = json.loads(output)
    assert running[0].returncode == 0
    assert report["problems"] == ["interrupted; run the same command again to go on"]
    assert report["scheduled"] == len(server.created) < 20
    assert report["held"] == 20 - report["scheduled"]
    assert report["in_doubt"] == 0


def test_a_second_ctrl_c_ends_at_once_and_the_next_run_settles_it(tmp_path: Path) -> None:
    running: list[subprocess.Popen[str]] = []

    def interrupt_twice(number: int, when: str) -> None:
        if (number, when) == (1, "before"):
            for _ in range(2):
                os.kill(running[0].pid, signal.SIGINT)
                threading.Event().wait(0.2)

    server = LineServer(interrupt_twice)
    with serve(server) as listener:
        for _ in range(2):
            running.append(start(tmp_path / "ledger.db", listener.server_address[1], stderr=subprocess.DEVNULL))
            running[-1].communicate(timeout=60)
        listener.shutdown()
    assert [process.returncode for process in running] == [-signal.SIGINT, 0]
    assert sorted(server.created) == sorted(activity.marker for activity in PLAN.activities)

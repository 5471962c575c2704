"""Real processes that share a rate, some of them killed: the target never sees more than it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.postgres import fresh_database
from tests.simulation.line_crm import LineServer, serve
from tests.simulation.send_at_rate import PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.crash, pytest.mark.slow]

RATE = 40
HALVES = (("0", "12"), ("12", "24"))
KILLED = (25, 60)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
    else:
        with fresh_database() as url:
            yield url


def busiest_second(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(sum(first <= other < first + 1 for other in ordered[at:]) for at, first in enumerate(ordered))


def test_two_runs_with_kills_never_send_more_than_the_rate_in_any_second(url: str) -> None:
    moments: list[float] = []
    running: dict[tuple[str, str], subprocess.Popen[bytes]] = {}

    def arrived(number: int, when: str) -> None:
        if when == "before":
            moments.append(time.monotonic())
            if number in KILLED:
                running[HALVES[number % 2]].kill()

    server = LineServer(arrived)
    with serve(server) as listener:

        def start(half: tuple[str, str]) -> None:
            words = [url, str(listener.server_address[1]), str(RATE), *half]
            running[half] = subprocess.Popen([sys.executable, "-m", "tests.simulation.send_at_rate", *words])

        for half in HALVES:
            start(half)
        deadline = time.monotonic() + 60
        kills = 0
        while running and time.monotonic() < deadline:
            threading.Event().wait(0.02)
            for half, process in list(running.items()):
                if process.poll() is None:
                    continue
                del running[half]
                if process.returncode:
                    kills += 1
                    start(half)
        listener.shutdown()
    assert kills == len(KILLED)
    assert sorted(server.created) == sorted(activity.marker for activity in PLAN.activities)
    assert busiest_second(moments) <= RATE * 1.05
    assert busiest_second(moments) > RATE * 0.5, "it should also make use of its rate"

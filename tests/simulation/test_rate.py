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
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.crash, pytest.mark.slow]

Half = tuple[str, str]  # the first of its records and the one after its last

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


def carried_on(running: dict[Half, subprocess.Popen[bytes]], start: Callable[[Half], None]) -> int:
    """Start again what was killed, until all are done; return how many were."""
    kills, deadline = 0, time.monotonic() + 120
    while running and time.monotonic() < deadline:
        threading.Event().wait(0.02)
        for half, process in list(running.items()):
            if process.poll() is not None:
                del running[half]
                if process.returncode:
                    kills += 1
                    start(half)
    return kills


def test_two_runs_with_kills_never_send_more_than_the_rate_in_any_second(
    url: str, figures: Callable[..., None]
) -> None:
    moments: list[float] = []
    looks: list[float] = []
    running: dict[Half, subprocess.Popen[bytes]] = {}

    def arrived(number: int, when: str) -> None:
        if when == "before":
            moments.append(time.monotonic())
            if number in KILLED:
                running[HALVES[number % 2]].kill()

    def listed() -> None:
        moments.append(time.monotonic())
        looks.append(moments[-1])

    server = LineServer(arrived, listed)
    with serve(server) as listener:

        def start(half: Half) -> None:
            words = [url, str(listener.server_address[1]), str(RATE), *half]
            running[half] = subprocess.Popen([sys.executable, "-m", "tests.simulation.send_at_rate", *words])

        for half in HALVES:
            start(half)
        kills = carried_on(running, start)
        listener.shutdown()
    assert kills == len(KILLED)
    assert sorted(server.created) == sorted(activity.marker for activity in PLAN.activities)
    assert looks, "what was in flight when a run was killed is looked for, and that counts too"
    busiest = busiest_second(moments)
    figures(
        f"rate, two runs, {url.partition(':')[0]}", allowed=RATE, busiest_second=busiest, kills=kills, looks=len(looks)
    )
    assert busiest <= RATE * 1.05
    assert busiest > RATE * 0.5, "it should also make use of its rate"

"""The short of `make chaos`: a few rounds on every backend, a stop past the lease on each, and proofs that both can see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.chaos.child import Stop
from tests.chaos.judge import Verdict
from tests.chaos.project import Cast
from tests.chaos.servers import crm
from tests.chaos.stages import BACKENDS, Round, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.chaos.stages import Stage

pytestmark = [pytest.mark.crash, pytest.mark.slow]

SEED = 1
BEFORE_A_POST = Stop("guard.py", "may_send", 4)
KILLS = [
    Round("kill", number, SEED) for number in (2, 3, 4, 5)
]  # the servers die, too: Temporal in the second, PostgreSQL in the last
CALM = Cast(4, 3, share=0.0)
STORMY = Cast(4, 2, share=0.6)
STOPS = [Round("stop", number, SEED) for number in range(1, 5)]


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    total = Verdict()
    for each in verdicts:
        total.add(each)
    return total


@pytest.fixture(scope="module")
def crm_url() -> Iterator[str]:
    with crm() as url:
        yield url


@pytest.fixture
def set_up(backend: str, crm_url: str, tmp_path: Path) -> Iterator[Stage]:
    with stage(backend, tmp_path, crm_url=crm_url) as ready:
        yield ready


@pytest.mark.parametrize("backend", BACKENDS)
def test_kill_9_and_a_stop_past_the_lease_lose_nothing_double_nothing_and_keep_the_order(
    backend: str, set_up: Stage, figures: Callable[..., None]
) -> None:
    kills = KILLS[:2] if backend == "temporal" else KILLS  # which starts three processes a round
    with ThreadPoolExecutor(len(kills) + 1) as lanes:
        stop = lanes.submit(set_up.play, STOPS[0], stop=BEFORE_A_POST)
        total = all_of([*lanes.map(set_up.play, kills), stop.result()])
    figures(f"kill -9: {backend}", **total.figures())
    assert total.broken == []
    assert total.kills >= len(kills)
    assert total.cut_off > 0, "no kill came while a request was out: this proves nothing"
    assert total.stops == 1, "the process was never stopped: this proves nothing"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_sending_after_the_lease_is_seen(set_up: Stage) -> None:
    def play(each: Round) -> Verdict:
        return set_up.play(each, stop=Stop("child.py", "may_send", 4), cast=CALM, bug="no fence")

    with ThreadPoolExecutor(
        len(STOPS)
    ) as lanes:  # not one alone: it may have SQLite's lock, and then nobody takes over
        total = all_of(lanes.map(play, STOPS))
    assert total.doubled > 0
    assert any(law.endswith("was sent after the lease") for law in total.broken)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_sending_again_without_a_look_is_seen(set_up: Stage) -> None:
    assert set_up.play(KILLS[0], cast=STORMY, bug="no probe").doubled > 0

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from cadence.engine.running import run
from cadence.engine.turns import short_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL_S = 0.004
SHORT_S = 0.0005


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(USUAL_S)
    yield
    sys.setswitchinterval(before)


def turn() -> float:
    return round(sys.getswitchinterval(), 6)


async def turn_within() -> float:
    return turn()


def test_a_bulk_run_takes_short_turns_and_leaves_them_as_they_were() -> None:
    assert run(turn_within(), bulk=True) == SHORT_S
    assert turn() == USUAL_S


def test_any_other_run_leaves_them_alone() -> None:
    assert run(turn_within()) == USUAL_S


def test_a_run_that_fails_leaves_them_as_they_were() -> None:
    async def broken() -> None:
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run(broken(), bulk=True)
    assert turn() == USUAL_S


def test_the_last_of_several_runs_ends_them_whichever_that_is() -> None:
    first_may_end, first_has_ended = threading.Event(), threading.Event()

    def first() -> None:
        with short_turns():
            started.set()
            first_may_end.wait(10)
        first_has_ended.set()

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    started.wait(10)
    with short_turns():
        first_may_end.set()
        assert first_has_ended.wait(10)
        assert turn() == SHORT_S
    thread.join()
    assert turn() == USUAL_S


def test_turns_that_are_shorter_already_stay_so() -> None:
    sys.setswitchinterval(0.0001)
    with short_turns():
        assert turn() == 0.0001
    assert turn() == 0.0001

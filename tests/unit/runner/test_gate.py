from __future__ import annotations

from datetime import timedelta

import pytest

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from cadence.delivery.move import Wait
from cadence.runner.gate import Gate
from tests.unit.delivery.test_table import NOW

LATER = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("answer", "closed"),
    [
        (Refused(429, "slow down", retry_after=timedelta(seconds=30)), True),
        (InDoubt("503", 503, retry_after=timedelta(seconds=30)), True),
        (Refused(429, "slow down"), False),
        (InDoubt("500", 500), False),
        (NotSent("refused"), False),
        (Accepted("a"), False),
    ],
)
def test_the_gate_closes_only_where_the_target_names_a_time(answer: Answer, closed: bool) -> None:
    gate = Gate()
    gate.heed(answer, LATER)
    assert gate.wait(NOW) == (Wait(LATER, doubtful=False) if closed else None)
    assert gate.wait(LATER) is None


def test_a_shorter_wait_does_not_open_it_sooner() -> None:
    gate, asks = Gate(), Refused(429, "slow down", retry_after=timedelta(seconds=30))
    gate.heed(asks, LATER)
    gate.heed(asks, NOW + timedelta(seconds=1))
    assert gate.wait(NOW) == Wait(LATER, doubtful=False)

from __future__ import annotations

from datetime import timedelta

import pytest

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from cadence.delivery.move import Wait
from cadence.runner.gate import Gate
from cadence.runner.guard import Moment
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
    gate.heed(answer, 7.0)
    assert gate.wait(Moment(NOW, 7.0)) == (Wait(LATER, doubtful=False) if closed else None)
    assert gate.wait(Moment(LATER, 37.0)) is None


def test_a_shorter_wait_does_not_open_it_sooner() -> None:
    gate = Gate()
    gate.heed(Refused(429, "slow down", retry_after=timedelta(seconds=30)), 7.0)
    gate.heed(Refused(429, "slow down", retry_after=timedelta(seconds=1)), 7.0)
    assert gate.wait(Moment(NOW, 7.0)) == Wait(LATER, doubtful=False)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_neither_opens_it_early_nor_keeps_it_closed(hours: int) -> None:
    gate = Gate()
    gate.heed(Refused(429, "slow down", retry_after=timedelta(seconds=30)), 7.0)
    stepped = NOW + timedelta(hours=hours)
    assert gate.wait(Moment(stepped, 17.0)) == Wait(stepped + timedelta(seconds=20), doubtful=False)
    assert gate.wait(Moment(stepped, 37.0)) is None


def test_a_hostile_retry_after_closes_it_for_an_hour() -> None:
    gate = Gate()
    gate.heed(Refused(429, "slow down", retry_after=timedelta(days=9999)), 7.0)
    assert gate.wait(Moment(NOW, 7.0)) == Wait(NOW + timedelta(hours=1), doubtful=False)

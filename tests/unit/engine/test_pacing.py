"""How far a run over many records is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.engine.pacing import Meter
from cadence.runner import ProgressEvent

if TYPE_CHECKING:
    from tests.conftest import StoppedClock


def test_the_activities_of_a_batch_are_told_as_records_of_the_run(clock: StoppedClock) -> None:
    told: list[ProgressEvent] = []
    meter = Meter(told.append, total=1000, clock=clock)
    meter.start()
    meter.begin(200)
    clock.advance(10)
    meter(ProgressEvent(400, 800, "scheduling 'call'"))
    clock.advance(10)
    meter.end()
    assert [(each.done, each.total, each.rate, each.left) for each in told] == [
        (0, 1000, None, None),
        (100, 1000, 10.0, timedelta(seconds=90)),
        (200, 1000, 10.0, timedelta(seconds=80)),
    ]
    assert {each.unit for each in told} == {"records"}


def test_nobody_knows_when_rows_end_that_are_handed_over(clock: StoppedClock) -> None:
    told: list[ProgressEvent] = []
    meter = Meter(told.append, total=None, clock=clock)
    meter.begin(5)
    clock.advance(1)
    meter.end()
    assert [(each.done, each.total, each.rate, each.left) for each in told] == [(5, 5, 5.0, None)]


def test_waits_are_passed_on_and_an_estimate_that_is_too_low_is_raised(clock: StoppedClock) -> None:
    told: list[ProgressEvent] = []
    meter = Meter(told.append, total=3, clock=clock)
    meter.begin(5)
    meter(ProgressEvent(0, 0, "another run is at work", waiting=True))
    clock.advance(1)
    meter.end()
    assert (told[0].waiting, told[0].text, told[0].done) == (True, "another run is at work", 0)
    assert (told[1].done, told[1].total, told[1].left) == (5, 5, timedelta(0))


def test_a_wait_takes_nothing_from_how_far_a_batch_is(clock: StoppedClock) -> None:
    told: list[ProgressEvent] = []
    meter = Meter(told.append, total=20, clock=clock)
    meter.begin(10)
    meter(ProgressEvent(10, 20))
    meter(ProgressEvent(0, 0, "the CRM could not be read", clock.now()))
    meter.end()
    meter.begin(10)
    meter(ProgressEvent(0, 0, "the CRM could not be read", clock.now()))
    assert [each.done for each in told] == [5, 5, 10, 10]

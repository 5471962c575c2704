"""The counts of a run."""

from __future__ import annotations

from dataclasses import replace

from cadence.model.entry import State
from cadence.runner.tally import Tally
from tests.unit.delivery.test_table import entry


def test_a_problem_is_told_once() -> None:
    tally = Tally(total=2)
    for _ in range(2):
        tally.left(replace(entry(State.REJECTED), reason="400 no such employee"), touched=True)
    assert tally.report().rejected == 2
    assert len(tally.report().problems) == 1


def test_of_more_problems_than_anybody_reads_the_rest_is_counted() -> None:
    tally = Tally(total=1500)
    for number in range(1500):
        tally.left(replace(entry(State.REJECTED), reason=f"400 (request {number})"), touched=True)
    tally.problem("interrupted; run the same command again to go on")
    *told, last, more = tally.report().problems
    assert len(told) == 1000
    assert last == "interrupted; run the same command again to go on"
    assert more == "and 500 more, in the ledger"

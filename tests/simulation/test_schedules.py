"""Any schedule of crashes and answers: the laws hold for what nobody thought of, too."""

from __future__ import annotations

from datetime import timedelta
from random import Random  # noqa: TID251 - seeded: Hypothesis plays a history again to make it smaller
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.crm import FAULTS, OK, Fault
from tests.simulation.history import carried_out
from tests.simulation.points import POINTS

if TYPE_CHECKING:
    from tests.simulation.points import Point
    from tests.simulation.stores import MemoryStore

deaths = st.lists(st.tuples(st.sampled_from(POINTS), st.floats(0, 0.999)), max_size=4)
answers = st.lists(st.sampled_from(FAULTS), max_size=12)
steps = st.sampled_from((timedelta(), timedelta(hours=1), timedelta(hours=-1)))


@pytest.mark.slow
@settings(max_examples=100)
@given(deaths=deaths, answers=answers, set_by=steps, seed=st.integers(0, 1000))
def test_no_schedule_of_crashes_and_answers_breaks_a_law(
    memory: MemoryStore, deaths: list[tuple[Point, float]], answers: list[Fault], set_by: timedelta, seed: int
) -> None:
    memory.clear()
    fuses = [point.fuse(draw) for point, draw in deaths]
    chance = Random(seed)  # noqa: S311 - a history to be played again, no secret

    def script(number: int) -> Fault:
        return answers[number] if number < len(answers) else OK

    assert carried_out(memory, script, fuses, chance=chance, set_by=set_by).broken == []

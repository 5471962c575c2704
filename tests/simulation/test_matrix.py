"""No crash loses an activity or makes two of it: every point of the protocol, every answer, ten interleavings of each.

On its own, as the safety net of a change in the send loop or in the ledger, in a minute on one core:

    pytest tests/simulation/test_matrix.py tests/simulation/test_planted_bugs.py -q
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.simulation.crm import FAULTS
from tests.simulation.history import play
from tests.simulation.points import POINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.points import Point
    from tests.simulation.stores import MemoryStore

SEEDS = range(10)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_crash_at_this_point_loses_nothing_and_doubles_nothing(
    memory: MemoryStore, point: Point, figures: Callable[..., None]
) -> None:
    counts: Counter[str] = Counter()
    for fault in FAULTS:
        for seed in SEEDS:
            memory.clear()
            history = play(memory, fault, point=point, seed=seed)
            assert history.broken == [], f"{fault}, seed {seed}"
            counts.update(history.counts)
    figures("simulation, crash points by answers by seeds", **counts)
    assert counts["crashes"] >= counts["runs"] * 0.9, "most of the crashes never came to pass"

"""No crash loses an activity or makes two of it, at any call there is, with the ledger in a real file."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded: the same history on every run
from typing import TYPE_CHECKING

import pytest

from tests.simulation.crm import FAULTS, OK, Fault
from tests.simulation.history import carried_out
from tests.simulation.process import Fuse, When
from tests.simulation.stores import FileStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STRIDE = 12


def _one_in_three(fault: Fault, first: int) -> Callable[[int], Fault]:
    return lambda n: fault if n % 3 == first % 3 else OK


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
def test_a_crash_at_any_call_loses_nothing_and_doubles_nothing(tmp_path: Path, fault: Fault, when: When) -> None:
    first = 1 + (FAULTS.index(fault) + 3 * (when is When.AFTER)) % _STRIDE  # the faults together meet every call
    for at in range(first, 200, _STRIDE):
        store = FileStore(tmp_path / f"{at}.db")
        chance = Random(at)  # noqa: S311 - a history to be played again, no secret
        history = carried_out(store, _one_in_three(fault, at), [Fuse(at, when)], chance=chance)
        assert history.broken == [], f"crash at call {at}"
        if not history.counts["crashes"]:
            break
    assert at > 12, "the run had fewer calls than it must have"

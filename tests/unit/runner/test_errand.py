from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cadence.delivery.move import Wait
from cadence.model.entry import State
from cadence.runner.errand import Errand
from cadence.runner.gate import Gate
from tests.unit.delivery.test_table import entry

if TYPE_CHECKING:
    from tests.conftest import StoppedClock


def test_of_a_quiet_period_too_little_may_be_left_to_be_told_in_microseconds(clock: StoppedClock) -> None:
    """A wait of nothing would be waited for again and again."""
    run: Any = SimpleNamespace(clock=clock, gate=Gate())
    errand = Errand(run, entry(State.IN_DOUBT, unclear_until=clock.now()), [])
    errand._quiet_until = clock.monotonic() + 1e-9  # noqa: SLF001 - where floating point leaves it now and then
    move = errand._next()  # noqa: SLF001 - the same
    assert isinstance(move, Wait)
    assert move.until > clock.now() + timedelta(seconds=1)

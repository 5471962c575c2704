"""What every ledger promises to those who share a rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.ledger.rates import Brake
from cadence.ledger.rows import target_id
from tests.simulation.plans import TARGET, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from cadence.ledger.ledger import Ledger
    from cadence.ledger.rates import Slots

_TARGET = f"{TARGET.business_id}@{TARGET.base_url}"


@pytest.fixture(autouse=True)
def _known_target(ledger: Ledger) -> None:
    ledger.record(plan_of(1, 1, now=NOW), by="ada", at=NOW)


def reserve(ledger: Ledger, *, rate: float = 0.0, brake: Brake | None = None) -> Slots:
    return ledger.reserve(_TARGET, rate=rate, brake=brake, monotonic=1000.0)


def take_lease(ledger: Ledger) -> None:
    ledger.release(ledger.claim([], by="ada", at=NOW, length=timedelta(seconds=30), monotonic=1000.0), at=NOW)


def change(ledger: Ledger, statement: str) -> None:
    with ledger._engine.begin() as connection:  # noqa: SLF001 - no clock of a server can be set here
        connection.exec_driver_sql(statement)


def test_what_one_was_given_the_next_gets_after_it(ledger: Ledger) -> None:
    first, second = reserve(ledger, rate=2.0), reserve(ledger, rate=2.0)
    assert (first.count, first.interval_s) == (1, 0.5)
    assert second.first_s - first.first_s == pytest.approx(0.5, abs=0.2)


def test_nothing_is_given_out_before_a_pause_is_over(ledger: Ledger) -> None:
    assert reserve(ledger, brake=Brake(10.0, 30.0)).first_s == pytest.approx(30.0, abs=0.2)
    assert reserve(ledger).first_s > 29.0


def test_what_was_given_out_before_a_pause_is_known_by_the_brake(ledger: Ledger) -> None:
    before = reserve(ledger, rate=1.0)
    assert ledger.braked_at(_TARGET) == before.braked_at
    reserve(ledger, brake=Brake(10.0, 5.0))
    first = ledger.braked_at(_TARGET)
    reserve(ledger, brake=Brake(10.0, 60.0))
    assert len({before.braked_at, first, ledger.braked_at(_TARGET)}) == 3


def test_a_burst_of_refusals_lowers_the_rate_once(ledger: Ledger) -> None:
    speeds = {
        round(reserve(ledger, rate=40.0, brake=Brake(40.0, pause_s)).interval_s, 2) for pause_s in (1.0, 0.0, 2.0)
    }
    assert speeds == {0.05}


def test_moments_hours_ahead_are_each_given_out_once(ledger: Ledger) -> None:
    take_lease(ledger)
    moments = [reserve(ledger, rate=0.0002).first_s for _ in range(5)]
    assert moments == pytest.approx([5000.0 * place for place in range(5)], abs=5.0)


@pytest.mark.parametrize(("rate", "count"), [(0.0001, 1), (20.0, 1), (10_000.0, 500), (1e8, 500), (1e300, 500)])
def test_a_bounded_number_of_moments_is_given_out_whatever_the_rate(ledger: Ledger, rate: float, count: int) -> None:
    slots = reserve(ledger, rate=rate)
    assert slots.count == count
    assert slots.interval_s == pytest.approx(1 / rate)


def test_a_pause_holds_however_many_wait_for_its_end(ledger: Ledger) -> None:
    take_lease(ledger)
    first = reserve(ledger, rate=0.0005, brake=Brake(10.0, 3600.0)).first_s
    moments = [first, *(reserve(ledger, rate=0.0005).first_s for _ in range(4))]
    assert moments == pytest.approx([3600.0 + 2000.0 * place for place in range(5)], abs=5.0)


def test_a_clock_that_is_set_back_does_not_stop_a_target_until_it_has_caught_up(ledger: Ledger) -> None:
    reserve(ledger, brake=Brake(10.0, 1.0))
    take_lease(ledger)
    change(ledger, "UPDATE leases SET ticks = ticks + 86400000000")
    change(ledger, "UPDATE rates SET free_at = free_at + 86400000000, lowered_at = lowered_at + 86400000000")
    first, second = reserve(ledger), reserve(ledger)
    assert first.first_s < 1.0
    assert second.first_s - first.first_s == pytest.approx(0.2, abs=0.1), "what a 429 made of the rate is kept"


def test_moments_by_the_clock_of_another_start_of_the_machine_say_nothing(ledger: Ledger) -> None:
    reserve(ledger, rate=1.0)
    change(ledger, "UPDATE rates SET origin = 'another start', free_at = free_at + 86400000000")
    assert reserve(ledger, rate=1.0).first_s < 1.0


def test_a_target_has_a_rate_before_the_first_plan_for_it_whatever_it_is_called(ledger: Ledger) -> None:
    new = replace(TARGET, business_id="b-2")
    for name in ("crm", "other"):
        ledger.add_target(replace(new, name=name))
    first, second = (ledger.reserve(target_id(new), rate=2.0, brake=None, monotonic=1000.0) for _ in range(2))
    assert second.first_s - first.first_s == pytest.approx(0.5, abs=0.2)
    ledger.record(replace(plan_of(1, 1, now=NOW), target=new), by="ada", at=NOW)
    assert ledger.braked_at(target_id(new)) is None

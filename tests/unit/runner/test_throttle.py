"""Looks at the ledger cost a run that nothing limits no time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import Refused
from cadence.errors import LedgerAway
from cadence.ledger.rates import Brake, Slots
from cadence.runner.port import Machine
from cadence.runner.stop import Stop
from cadence.runner.throttle import Throttle
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_S = 0.05  # what a look at the ledger takes


class Rates:
    """The ledger as a throttle sees it."""

    def __init__(self) -> None:
        self.looks = 0
        self.reserved = 0
        self.away = False

    def is_free(self, _target: str, *, monotonic: float) -> bool:  # noqa: ARG002 - the ledger's own
        self.looks += 1
        if self.away:
            raise LedgerAway("it restarts")
        return True

    def braked_at(self, _target: str) -> int | None:
        return self.reserved or None

    def reserve(self, _target: str, *, brake: Brake | None, **_asked: Any) -> Slots:
        self.reserved += 1
        return Slots(brake.pause_s if brake else 1.5 * LOOK_S, 1.0, 1, braked_at=self.reserved)


async def _slowly(work: Callable[[], Any]) -> Any:
    await asyncio.sleep(LOOK_S)
    return work()


def slow_down(seconds: float | None) -> Refused:
    return Refused(429, "slow down", retry_after=None if seconds is None else timedelta(seconds=seconds))


def throttle(time: VirtualTime, rates: Rates, *, rate: float = 0.0) -> Throttle:
    machine = Machine(in_thread=_slowly)
    return Throttle(rates, "crm", rate=rate, clock=time, machine=machine, stop=Stop())  # type: ignore[arg-type]


async def waits(time: VirtualTime, one: Throttle, count: int = 300) -> list[float]:
    """Return how long each of so many requests, 10 ms apart, waited for its moment."""
    waited = []
    for _ in range(count):
        asked = time.elapsed
        await one.come(await one.moment())
        waited.append(time.elapsed - asked)
        await asyncio.sleep(0.01)
    return waited


def test_only_the_first_request_waits_for_a_look() -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> list[float]:
        return await waits(time, throttle(time, rates))

    first, *others = time.run(run())
    assert first == LOOK_S
    assert others == [0.0] * 299
    assert 12 <= rates.looks <= 30  # in three seconds, each holds for a quarter of one


def test_an_answer_that_asks_to_wait_is_heeded_though_a_look_is_under_way() -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> float:
        one = throttle(time, rates)
        while rates.looks < 2:
            await one.moment()
            await asyncio.sleep(0.01)
        while one._looking is None:  # noqa: SLF001 - the moment is what this is about
            await one.moment()
            await asyncio.sleep(0.01)
        one.heed(slow_down(20))
        await asyncio.sleep(2 * LOOK_S)
        return (await one.moment()).at - time.elapsed

    assert time.run(run()) > 0
    assert rates.reserved == 1


def test_a_look_ahead_that_fails_fails_nobody() -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> None:
        one = throttle(time, rates)
        await one.moment()
        rates.away = True
        await asyncio.sleep(0.2)
        await one.moment()
        await asyncio.sleep(2 * LOOK_S)
        rates.away = False
        await one.moment()

    time.run(run())
    assert rates.looks == 3


@pytest.mark.parametrize("told_after", [0.0, LOOK_S / 4], ids=["before the others are told", "while they are told"])
def test_a_moment_is_no_longer_good_once_an_answer_asked_to_wait(told_after: float) -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> float:
        one = throttle(time, rates, rate=1.0)
        moment = await one.moment()
        one.heed(slow_down(20))
        going = asyncio.create_task(one.come(moment))
        await asyncio.sleep(LOOK_S / 4 - told_after)
        await one.share()
        await going
        return time.elapsed

    assert time.run(run()) >= 20.0


def test_an_answer_that_comes_while_a_request_looks_is_heeded_by_that_request() -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> float:
        one = throttle(time, rates)
        first = asyncio.create_task(one.turn())
        await asyncio.sleep(LOOK_S / 2)
        one.heed(slow_down(20))
        await first
        return time.elapsed

    assert time.run(run()) >= 20.0


def test_of_two_answers_the_longer_wait_is_kept() -> None:
    time, rates = VirtualTime(), Rates()

    async def run() -> float:
        one = throttle(time, rates)
        one.heed(slow_down(20))
        one.heed(slow_down(None))
        await one.turn()
        return time.elapsed

    assert time.run(run()) >= 20.0

"""An hour in which half of all answers are a 429 or a 5xx: slower, but once each, in order, and never too soon."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from random import Random  # noqa: TID251 - seeded: the same storm on every run
from typing import TYPE_CHECKING

import pytest

from cadence.crm.retry_after import retry_after
from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.terms import Terms
from cadence.runner import Pace
from tests.simulation.crm import OK, Fault, ScriptedCrm
from tests.simulation.history import machine_of
from tests.simulation.laws import IntentWatch, broken, disagreements, overlooked
from tests.simulation.plans import plan_of
from tests.simulation.process import Host
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cadence.model.plan import Plan, Report
    from tests.simulation.stores import MemoryStore

HOUR_S = 3600.0
HEARD_S = 0.5  # a look at the ledger every quarter of a second, and the commits before and after it


def _in_seconds(seconds: int) -> Callable[[datetime], str | None]:
    return lambda _now: str(seconds)


def _as_date(seconds: int) -> Callable[[datetime], str | None]:
    return lambda now: format_datetime(now + timedelta(seconds=seconds), usegmt=True)


def _in_old_style(now: datetime) -> str:
    return f"{now + timedelta(seconds=3):%A, %d-%b-%y %H:%M:%S GMT}"  # RFC 850, which RFC 9110 still has one read


FORMS: tuple[Callable[[datetime], str | None], ...] = (
    _in_seconds(0), _in_seconds(1), _in_seconds(5), _in_seconds(20), _as_date(4), _as_date(15), _as_date(-60),
    _in_old_style, lambda _now: "soon", lambda _now: "-5", lambda _now: None,
)  # fmt: skip


@dataclass
class Storm:
    """One half of the answers for an hour: six in ten of them a 429, the others a 5xx, of which one in four lost."""

    time: VirtualTime
    chance: Random

    def __call__(self, _number: int) -> Fault:
        if self.time.elapsed > HOUR_S or self.chance.random() < 0.5:
            return OK
        if self.chance.random() < 0.6:
            return Fault("429", lambda _: Refused(429, "slow down", retry_after=self._asked()), harmless=True)
        status = self.chance.choice((500, 502, 503, 504))
        applied_after = None if self.chance.random() < 0.25 else 0.05
        return Fault("5xx", lambda _: InDoubt(str(status), status, retry_after=self._asked()), applied_after)

    def _asked(self) -> timedelta | None:
        now = self.time.now()
        return retry_after(self.chance.choice(FORMS)(now), now)


def _halves(plan: Plan) -> tuple[Plan, Plan]:
    middle = len(plan.enrollments) // 2
    return replace(plan, enrollments=plan.enrollments[:middle]), replace(plan, enrollments=plan.enrollments[middle:])


async def _together(host: Host, plans: tuple[Plan, ...]) -> list[Report | None]:
    handler = signal.getsignal(signal.SIGINT)
    try:
        return await asyncio.gather(*(asyncio.create_task(host.process(plan)) for plan in plans))
    finally:
        signal.signal(signal.SIGINT, handler)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 5.0])
def test_a_storm_of_an_hour_delays_and_does_nothing_else(
    memory: MemoryStore, rate: float, figures: Callable[..., None]
) -> None:
    memory.clear()
    time, chance = VirtualTime(), Random(5)  # noqa: S311 - a storm to be played again, no secret
    watch = IntentWatch(memory)
    crm = ScriptedCrm(time, Storm(time, chance), watch, jitter=lambda: chance.choice((0.0, 0.05, 0.4)))
    pace = Pace(terms=Terms(quiet=timedelta(seconds=60)), concurrency=4, rate=rate)
    host = Host(time, crm, memory, pace, machine_of(chance))
    plan = plan_of(120, 5, now=time.now())
    for _ in range(30):
        reports = time.run(_together(host, _halves(plan)))
        if not any(report is None or report.held or report.in_doubt or report.parked for report in reports):
            break
    assert broken(crm, plan, quiet_s=60) == []
    assert list(overlooked(crm, heard_s=HEARD_S)) == []
    assert [*watch.without_intent, *disagreements(crm, memory)] == []
    answers = Counter(sent.fault.name for sent in crm.sent)
    steps, lost = (
        sum(1 for _ in plan.activities),
        sum(s.fault.applied_after is None for s in crm.sent if s.fault.name == "5xx"),
    )
    outside = len(crm.sent) - answers["429"]
    assert outside == steps + lost, "something was sent again that was there"
    assert outside / steps <= 1.1
    assert crm.sent[-1].at > HOUR_S, "the storm was over before it had met everything"
    figures(
        f"storm of an hour, two runs, {'no rate' if not rate else f'{rate:g} a second'}", steps=steps, sends=len(crm.sent),
        answered_429=answers["429"], answered_5xx=answers["5xx"], attempts_per_step_outside_429=outside / steps,
        sent_before_retry_after=0, doubled=0, lost=0,
    )  # fmt: skip

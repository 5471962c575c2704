"""Steps a second of the send loop with a durable ledger, as a share of the bare client of the same kind.

The bare client sends the same bodies over the same transport at the same concurrency, and keeps no book at all.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from cadence.clock import SystemClock
from cadence.crm.aiohttp_transport import AiohttpTransport
from cadence.crm.client import CrmClient
from cadence.crm.credentials import Credentials
from cadence.delivery.answer import Accepted
from cadence.engine.running import run
from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, run_chunk
from tests.benchmarks.transports import stub
from tests.benchmarks.verdict import Measure
from tests.postgres import fresh_database
from tests.simulation.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan

AT_ONCE = 32
STEPS = 5
ROUNDS = 3
CLOCK = SystemClock()
RECORDS = {0: 3000, 20: 1600}
AIMS = {0: 0.80, 20: 0.95}


def client(base_url: str) -> CrmClient:
    credentials = Credentials(base_url, "key", "business", "user")
    return CrmClient(AiohttpTransport(credentials, now=CLOCK.now, connections=AT_ONCE))


async def bare(base_url: str, plan: Plan) -> float:
    """Send all bodies, those of one record in order, and return how many a second."""
    waiting = [enrollment.activities for enrollment in plan.enrollments]

    async def sender(crm: CrmClient) -> None:
        while waiting:
            for activity in waiting.pop():
                if not isinstance(await crm.create_activity(activity.body or {}), Accepted):
                    raise SystemExit("the stub did not accept a create")

    async with client(base_url) as crm:
        began = time.perf_counter()
        await asyncio.gather(*(sender(crm) for _ in range(AT_ONCE)))
        return len(plan.enrollments) * STEPS / (time.perf_counter() - began)


async def journalled(base_url: str, plan: Plan, ledger: Ledger) -> float:
    """Send the same through the ledger, which has the plan, and return how many a second."""
    keys = [enrollment.key for enrollment in plan.enrollments]
    conditions = Conditions(CLOCK, pace=Pace(concurrency=AT_ONCE))
    async with client(base_url) as crm:
        began = time.perf_counter()
        report = await run_chunk(ledger, crm, keys, conditions=conditions)
        took = time.perf_counter() - began
    if report.scheduled != len(keys) * STEPS:
        raise SystemExit(f"not all was sent: {report}")
    return report.scheduled / took


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """Yield the URL of a ledger that is not there yet."""
    if kind == "postgresql":
        with fresh_database() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "ledger.db")


def once(kind: str, base_url: str, plan: Plan) -> float:
    with fresh(kind) as url, open_ledger(url) as ledger:
        ledger.record(plan, by="bench", at=CLOCK.now())
        return run(journalled(base_url, plan, ledger), bulk=True)


def measure() -> list[Measure]:
    """Return the shares of the medians, measured by turns so that all meet the same noise."""
    return [each for delay_ms in RECORDS for each in _at(delay_ms)]


def _at(delay_ms: int) -> Iterator[Measure]:
    plan = plan_of(RECORDS[delay_ms], STEPS, now=CLOCK.now())
    gc.freeze()  # the plan is the benchmark's own: neither loop is to be charged for looking through it
    alone: list[float] = []
    rates: dict[str, list[float]] = {"sqlite": [], "postgresql": []}
    with stub(delay_ms) as base_url:
        for _ in range(ROUNDS):
            alone.append(uvloop.run(bare(base_url, plan)))
            for kind, measured in rates.items():
                measured.append(once(kind, base_url, plan))
    base = statistics.median(alone)
    for kind, measured in rates.items():
        speed = statistics.median(measured)
        figure = f"{speed:,.0f} : {base:,.0f}"
        yield Measure(f"steps/s: {kind}, {delay_ms} ms", figure, speed / base, "at least", AIMS[delay_ms])


if __name__ == "__main__":
    from tests.benchmarks.verdict import table

    sys.stdout.write(table(measure()) + "\n")

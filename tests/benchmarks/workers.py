"""Steps a second through Temporal, in chunks, as a share of the bare client of the same kind.

One worker, `cadence worker` in a process of its own, sends a run of chunks to the stub: what is timed is from the
start of the workflow to its end, so the way of the chunks and their heartbeats is in it. The bare client is the one of
submission.py: the same bodies over the same transport with as many connections, and no book at all. What the worker
does without Temporal, `run_chunk` over the same PostgreSQL, is the line `steps/s: postgresql, 0 ms` there.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import uvloop

from cadence.config import TemporalSettings
from cadence.ledger import open_ledger
from cadence.model.people import TargetIdentity
from cadence.runner.bulk import feed_of
from cadence.runner.temporal import Temporal
from tests.benchmarks.submission import AT_ONCE, CLOCK, ROUNDS, STEPS, bare
from tests.benchmarks.transports import stub
from tests.benchmarks.verdict import Measure, table
from tests.postgres import fresh_database
from tests.simulation.plans import plan_of
from tests.temporal.processes import TemporalServer, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.plan import Plan

RECORDS = 4000
CHUNKS = 2  # at a time; each has half of the connections
POLL_S = 0.05
AIM = 0.85
SETTINGS = """\
[ledger]
url = "{ledger}"
[targets.crm]
base_url = "{base_url}"
api_key = "key"
business_id = "b-1"
user_id = "user"
[submit]
concurrency = {connections}
[temporal]
address = "{address}"
"""


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a Temporal server."""
    with tempfile.TemporaryDirectory() as folder:
        temporal = TemporalServer(Path(folder))
        temporal.start()
        try:
            yield temporal.address
        finally:
            temporal.kill()


def once(plan: Plan, run: str, *, base_url: str, address: str) -> float:
    """Return how many steps a second one worker sends of *plan*."""
    with fresh_database() as url, tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        values = {"ledger": url, "base_url": base_url, "address": address, "connections": AT_ONCE // CHUNKS}
        (project / "cadence.toml").write_text(SETTINGS.format(**values), encoding="utf-8")
        keys = [enrollment.key for enrollment in plan.enrollments]
        with open_ledger(url) as ledger:
            ledger.record(plan, by="bench", at=CLOCK.now())
            ledger.enlist(run, keys, target=plan.target, by="bench", at=CLOCK.now())
        worker = Worker(project, name="worker", chunks=CHUNKS).ready()
        try:
            return len(keys) * STEPS / asyncio.run(took_s(run, len(keys), address=address))
        finally:
            worker.end()


async def took_s(run: str, total: int, *, address: str) -> float:
    """Return how long the run takes from its start to its end."""
    temporal = await Temporal.connect(TemporalSettings(address=address))
    began = perf_counter()
    await temporal.start(feed_of(run, total, since=0, heartbeat_s=30.0))
    while not (found := await temporal.progress(run)).is_over:  # noqa: ASYNC110 - another process works
        await asyncio.sleep(POLL_S)
    if found.done != total:
        raise SystemExit(f"not all was sent: {found}")
    return perf_counter() - began


def measure() -> list[Measure]:
    """Return the share of the medians, measured by turns so that both meet the same noise."""
    alone, through = [], []
    with stub() as base_url, server() as address:
        target = TargetIdentity("crm", base_url, "b-1")
        plan = replace(plan_of(RECORDS, STEPS, now=CLOCK.now()), target=target)
        for number in range(ROUNDS):
            alone.append(uvloop.run(bare(base_url, plan)))
            through.append(once(plan, f"run-{number}", base_url=base_url, address=address))
    base, speed = statistics.median(alone), statistics.median(through)
    return [Measure("steps/s: Temporal, 0 ms", f"{speed:,.0f} : {base:,.0f}", speed / base, "at least", AIM)]


if __name__ == "__main__":
    sys.stdout.write(table(measure()) + "\n")

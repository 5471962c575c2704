"""The most memory that a run of many enrollments takes, as a multiple of what a run of few takes.

Each run is a process of its own, over a ledger that another process filled. `python -m tests.benchmarks.memory 1000000`
takes as many; `make bench` takes fewer, for filling the ledger is most of the time.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import uvloop

from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, run_chunk
from cadence.runner.members import Members
from tests.benchmarks.submission import AT_ONCE, CLOCK, client
from tests.benchmarks.transports import stub
from tests.benchmarks.verdict import Measure, table
from tests.simulation.plans import TARGET, create, enrollment, plan_of

FEW = 10_000
MANY = 100_000
PAGE = 2_000
RUN = "run"
AIM = 1.1


def fill(ledger_path: str, count: int) -> None:
    """Record a run of so many enrollments of one step."""
    now = CLOCK.now()
    with open_ledger(ledger_path) as ledger:
        for first in range(0, count, PAGE):
            several = [
                enrollment(number, [create(number, 0, due_at=now)], start=now)
                for number in range(first, min(first + PAGE, count))
            ]
            ledger.record(replace(plan_of(0, 0, now=now), enrollments=tuple(several)), by="bench", at=now)
            ledger.enlist(RUN, [each.key for each in several], target=TARGET, by="bench", at=now)


async def send(base_url: str, ledger_path: str, count: int) -> None:
    """Send all of the run and print the peak of this process's memory in MB."""
    with open_ledger(ledger_path) as ledger:
        async with client(base_url) as crm:
            keys = Members(ledger, RUN, first=0, end=count)
            report = await run_chunk(ledger, crm, keys, conditions=Conditions(CLOCK, pace=Pace(concurrency=AT_ONCE)))
    if report.scheduled != count:
        raise SystemExit(f"not all was sent: {report}")
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}\n")


def peak_mb(count: int) -> float:
    """Return the peak of a process that sends so many."""
    with tempfile.TemporaryDirectory() as folder, stub() as base_url:
        path = str(Path(folder) / "ledger.db")
        me = [sys.executable, "-m", "tests.benchmarks.memory"]
        subprocess.run([*me, "fill", path, str(count)], check=True)
        sent = subprocess.run([*me, "send", base_url, path, str(count)], check=True, capture_output=True, text=True)
        return float(sent.stdout)


def measure(many: int = MANY) -> list[Measure]:
    """Return how much more memory the many take."""
    few_mb, many_mb = peak_mb(FEW), peak_mb(many)
    return [
        Measure(f"peak MB: {many:,} enrollments", f"{many_mb:.0f} : {few_mb:.0f}", many_mb / few_mb, "at most", AIM)
    ]


def main(arguments: list[str]) -> None:
    """Be one of the processes, or measure and print."""
    match arguments:
        case ["fill", path, count]:
            fill(path, int(count))
        case ["send", base_url, path, count]:
            uvloop.run(send(base_url, path, int(count)))
        case _:
            sys.stdout.write(table(measure(*map(int, arguments))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

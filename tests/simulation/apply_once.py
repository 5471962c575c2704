"""A process to be killed: `python -m tests.simulation.apply_once LEDGER PORT` applies a plan and prints its report.

It ends with code 9 where it would have to wait for a run that lives.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import timedelta

from cadence.clock import SystemClock
from cadence.delivery.terms import Terms
from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, ProgressEvent, submit
from tests.simulation.line_crm import LineCrm
from tests.simulation.plans import plan_of
from tests.simulation.virtual import VirtualTime

PLAN = plan_of(4, 5, now=VirtualTime.START)
PACE = Pace(terms=Terms(quiet=timedelta(seconds=0.5)), concurrency=3)


def _watch(event: ProgressEvent) -> None:
    if event.text.startswith("another run is at work"):
        sys.exit(9)


if __name__ == "__main__":
    conditions = Conditions(SystemClock(), pace=PACE, progress=_watch)
    with open_ledger(sys.argv[1]) as ledger:
        report = asyncio.run(submit(ledger, LineCrm(int(sys.argv[2])), PLAN, conditions=conditions))
    sys.stdout.write(json.dumps(asdict(report)))

"""A process to be killed: `python -m tests.simulation.send_at_rate LEDGER PORT RATE FIRST END` sends for some records."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from cadence.clock import SystemClock
from cadence.delivery.terms import Terms
from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, submit
from tests.simulation.line_crm import LineCrm
from tests.simulation.plans import plan_of
from tests.simulation.virtual import VirtualTime

PLAN = plan_of(24, 5, now=VirtualTime.START)


if __name__ == "__main__":
    url, port, rate, first, end = sys.argv[1:]
    plan = replace(PLAN, enrollments=PLAN.enrollments[int(first) : int(end)])
    pace = Pace(terms=Terms(quiet=timedelta(seconds=0.3)), concurrency=6, rate=float(rate))
    with open_ledger(url) as ledger:
        asyncio.run(submit(ledger, LineCrm(int(port)), plan, conditions=Conditions(SystemClock(), pace=pace)))

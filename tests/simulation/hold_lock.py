"""A process that stands still in a commit: `python -m tests.simulation.hold_lock LEDGER` holds the lock until it ends."""

from __future__ import annotations

import sys
from datetime import timedelta

from cadence.clock import SystemClock
from cadence.ledger import open_ledger

if __name__ == "__main__":
    with open_ledger(sys.argv[1]) as ledger:
        ledger.claim(["r0"], by="ada", at=SystemClock().now(), length=timedelta(seconds=30))
        with ledger._writing(alone=True):  # noqa: SLF001 - the one way to stand still in a commit
            sys.stdout.write("locked\n")
            sys.stdout.flush()
            sys.stdin.read()

"""`make bench`: the figures this project promises, as ratios that mean the same on every machine."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    bulk,
    deliveries,
    memory,
    pages,
    service,
    startup,
    submission,
    throughput,
    transports,
    workers,
)
from tests.benchmarks.verdict import table


def main() -> None:
    """Print the table; a missed aim is shown, not hidden in an exit code."""
    parts = (startup, throughput, transports, submission, workers, bulk, memory, service, deliveries, pages)
    sys.stdout.write(table([measure for part in parts for measure in part.measure()]) + "\n")


if __name__ == "__main__":
    main()

"""`make bench`: the figures this project promises, as ratios that mean the same on every machine."""

from __future__ import annotations

import sys

from tests.benchmarks import startup, throughput, transports
from tests.benchmarks.verdict import table


def main() -> None:
    """Print the table; a missed aim is shown, not hidden in an exit code."""
    sys.stdout.write(table([*startup.measure(), *throughput.measure(), *transports.measure()]) + "\n")


if __name__ == "__main__":
    main()

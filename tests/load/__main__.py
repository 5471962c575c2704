"""`make load`: 100,000 activities and 200 deliveries a second for a minute, while the service is killed and restarted.

Exits with 1 where a law was broken; the store, the logs and the receiver's book are kept then.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.load.play import play
from tests.load.traffic import Load

__all__: list[str] = []

_BACKENDS = ("sqlite", "postgresql")


def main() -> int:
    """Play the load on each backend that was asked for, and print what it came to."""
    asked = _arguments()
    load = Load(asked.activities, asked.rate, asked.seconds, asked.kills)
    backends = _BACKENDS if asked.backend == "all" else (asked.backend,)
    return max(_play(backend, load) for backend in backends)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--backend", choices=(*_BACKENDS, "all"), default="sqlite")
    parser.add_argument("--activities", type=int, default=100_000, help="created, as fast as they are taken")
    parser.add_argument("--rate", type=int, default=200, help="logged a second, and so to be delivered")
    parser.add_argument("--seconds", type=float, default=60, help="for which they are")
    parser.add_argument("--kills", type=int, default=3, help="spread over these seconds")
    return parser.parse_args()


def _play(backend: str, load: Load) -> int:
    folder = Path(tempfile.mkdtemp(prefix="cadence-load-"))
    if backend == "sqlite":
        verdict = play(folder, f"sqlite:///{folder / 'store.db'}", load)
    else:
        with postgres.fresh_database() as url:
            verdict = play(folder, url, load)
    said = ", ".join(f"{name.replace('_', ' ')} {value:,.6g}" for name, value in verdict.figures().items())
    sys.stdout.write(f"{backend}: {said}\n")
    if not verdict.broken:
        shutil.rmtree(folder)
        return 0
    sys.stdout.write(f"BROKEN in {folder}\n" + "".join(f"  {law}\n" for law in verdict.broken))
    return 1


if __name__ == "__main__":
    sys.exit(main())

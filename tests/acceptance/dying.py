"""Run the command and die by SIGKILL at the N-th call of a function that journals, sends or stores.

`python dying.py N ARGUMENTS...`

With 0 it lives, and prints on stderr how many calls there were.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import cadence

if TYPE_CHECKING:
    from types import FrameType

_PACKAGE = Path(cadence.__file__).parent
_WATCHED = tuple(str(_PACKAGE / name) for name in ("ledger", "runner", "server/store/scheduled", "server/store/writer"))
_calls = count(1)
_last = int(sys.argv[1])
_seen = 0


def _count(frame: FrameType, event: str, _argument: object) -> None:
    global _seen  # noqa: PLW0603 - a profile function keeps no other state
    if event == "call" and frame.f_code.co_filename.startswith(_WATCHED):
        _seen = next(_calls)
        if _seen == _last:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    from cadence.cli.main import main as command  # noqa: PLC0415 - counted like the rest

    sys.argv[1:2] = []
    threading.setprofile(_count)
    sys.setprofile(_count)
    try:
        command()
    finally:
        sys.setprofile(None)
        sys.stderr.write(f"calls: {_seen}\n")


if __name__ == "__main__":
    main()

"""The command in a process of its own, to be killed or stopped: what the product is run with, and bugs on purpose.

Leases are short here, so that a round does not last minutes, and a list that finds nothing is read again at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cadence.cli.main import main as command
from cadence.delivery import terms
from cadence.delivery.event import Absent
from cadence.engine import applying
from cadence.runner import Pace, errand
from cadence.runner.guard import Guard, Moment

if TYPE_CHECKING:
    from datetime import datetime
    from types import FrameType
    from typing import Any

__all__ = ["Bug", "Stop", "run"]

Bug = Literal["no fence", "no probe"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop, as by SIGSTOP from outside, where function `name` of `file` is called for the `number`-th time."""

    file: str
    name: str
    number: int


def run(folder: str, arguments: tuple[str, ...], stop: Stop | None, bug: Bug | None) -> None:
    """Run `cadence ARGUMENTS...` in *folder*, to the end of this process; what it prints goes to its log there."""
    os.chdir(folder)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    _hurry()
    if bug:
        _plant(bug)
    if stop:
        _stop_at(stop)
    sys.argv = ["cadence", "--debug", *arguments]
    command()


def _hurry() -> None:
    short = partial(Pace, lease=timedelta(seconds=2), margin=timedelta(seconds=0.5))
    setattr(applying, "Pace", short)  # noqa: B010 - a name that is imported there, not exported
    setattr(terms, "Terms", partial(terms.Terms, lag=timedelta()))  # noqa: B010 - the same


def _plant(bug: Bug) -> None:
    match bug:
        case "no fence":
            Guard.may_send = may_send  # type: ignore[assignment]
        case "no probe":
            setattr(errand, "probe", _never_find)  # noqa: B010 - as above


def may_send(_self: Guard, _intended: Moment) -> bool:
    return True


async def _never_find(*_: Any, at: datetime, **__: Any) -> Absent:
    return Absent(at)


def _stop_at(stop: Stop) -> None:
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        code = frame.f_code
        if event == "call" and code.co_name == stop.name and Path(code.co_filename).name == stop.file:
            calls += 1
            if calls == stop.number:
                os.kill(os.getpid(), signal.SIGSTOP)

    threading.setprofile(count)
    sys.setprofile(count)

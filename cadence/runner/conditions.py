"""The conditions under which a run happens."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from cadence.frozen import dataclass
from cadence.runner.pace import Pace
from cadence.runner.port import Machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.clock import Clock
    from cadence.runner.progress import ProgressEvent

__all__ = ["Conditions"]


def _ignore(_: ProgressEvent) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Conditions:
    """By whom and how a run sends. `by` goes into the ledger's log; `progress` is called as the run goes on."""

    clock: Clock
    by: str = ""
    pace: Pace = field(default_factory=Pace)
    progress: Callable[[ProgressEvent], None] = _ignore
    machine: Machine = field(default_factory=Machine)

"""How long to wait, and how often to look."""

from __future__ import annotations

from datetime import timedelta

from cadence.frozen import dataclass

__all__ = ["Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a target demands.

    `quiet`: how long after a send the server may still apply it, so how long a send in doubt is left alone.
    `absences`: how many probes in a row must find nothing before it is sent again; more than one where a list may lag
    behind the writes, with `lag` between them.
    """

    quiet: timedelta = timedelta(seconds=60)
    absences: int = 1
    lag: timedelta = timedelta(seconds=5)

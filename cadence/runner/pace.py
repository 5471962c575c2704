"""How a run behaves towards its target."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta

from cadence.delivery.terms import Terms
from cadence.frozen import dataclass

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run behaves towards its target.

    `concurrency`: how many requests are out at once. `tries`: how often a request may fail in a row, without
    a definite answer, before the run gives up. `wait`: whether to sit out quiet periods and other runs, or to leave
    what is in doubt as it is. `lease` is how long others wait for a run that no longer renews it; no request begins in
    the last `margin` of it, nor later than `margin` after its intent was written. `rate` is how many requests a second
    all runs together may send to the target, 0 for any number.
    """

    terms: Terms = field(default_factory=Terms)
    concurrency: int = 8
    tries: int = 6
    wait: bool = True
    lease: timedelta = timedelta(seconds=30)
    margin: timedelta = timedelta(seconds=5)
    rate: float = 0.0

"""A measured ratio, its aim, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Measure:
    """What was measured, the figure, its ratio to the baseline, and `at most` or `at least` which ratio is the aim."""

    what: str
    figure: str
    ratio: float
    bound: str
    aim: float

    @property
    def met(self) -> bool:
        return self.ratio <= self.aim if self.bound == "at most" else self.ratio >= self.aim


def table(measures: Iterable[Measure]) -> str:
    """Return the measures as lines of text."""
    head = f"{'what':<32} {'measured':>18} {'ratio':>7}   {'aim':<12} verdict"
    rows = [
        f"{m.what:<32} {m.figure:>18} {m.ratio:>7.2f}   {m.bound} {m.aim:<4g} {'met' if m.met else 'MISSED'}"
        for m in measures
    ]
    return "\n".join([head, "-" * len(head), *rows])

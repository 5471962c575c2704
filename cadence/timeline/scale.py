"""Where an instant lies across the picture."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.timing.hours import Interval

__all__ = ["BREAK", "Scale", "scale_of"]

BREAK = 0.05
"""The part of the width that stands for a stretch left out."""

_LEAST = 10 * 60
_MARGIN = 25  # a part in so many of what is drawn, on both sides of a piece
_FAR = 2
_MOST_BREAKS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """The pieces of time that are drawn, in UTC seconds; what lies between two of them is left out as a break."""

    pieces: tuple[Interval, ...]

    @property
    def first(self) -> int:
        """Where the picture begins."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Where the picture ends."""
        return self.pieces[-1][1]

    @property
    def span(self) -> int:
        """How many seconds are drawn."""
        return sum(end - first for first, end in self.pieces)

    @property
    def breaks(self) -> tuple[Interval, ...]:
        """The stretches that are left out."""
        return tuple((before[1], after[0]) for before, after in pairwise(self.pieces))

    def shows(self, utc: int) -> bool:
        """Whether *utc* is drawn."""
        return any(first <= utc <= end for first, end in self.pieces)

    def part(self, utc: int) -> float:
        """Return the place of *utc* from 0 to 1, never before that of an earlier one; outside lies the edge."""
        room = (1 - BREAK * len(self.breaks)) / self.span
        widths = [(end - first) * room for first, end in self.pieces]
        lefts = accumulate((width + BREAK for width in widths), initial=0.0)
        place = 0.0
        for (first, end), left in zip(self.pieces, lefts, strict=False):
            if utc >= first:
                place = left + (min(utc, end) - first) * room
        return min(place, 1.0)


def scale_of(instants: Iterable[int]) -> Scale:
    """Return the scale that shows all *instants*, at least one.

    A stretch without any that is more than twice as long as all the rest together is left out: else four weeks of
    steps would be a dot beside one in three years.
    """
    known = sorted(set(instants))
    breaks = _breaks(known)
    runs: list[list[int]] = [[known[0]]]
    for before, after in pairwise(known):
        if (before, after) in breaks:
            runs.append([])
        runs[-1].append(after)
    drawn = max(sum(run[-1] - run[0] for run in runs), _LEAST)
    margin = max(drawn // _MARGIN, 60)
    short = _LEAST if len(known) == 1 else 0
    return Scale(tuple((run[0] - margin, run[-1] + margin + short) for run in runs))


def _breaks(known: list[int]) -> set[Interval]:
    """Return the stretches to leave out, the longest first."""
    rest = known[-1] - known[0]
    found: set[Interval] = set()
    for gap in sorted(pairwise(known), key=lambda pair: pair[0] - pair[1])[:_MOST_BREAKS]:
        rest -= gap[1] - gap[0]
        if not rest or gap[1] - gap[0] <= _FAR * rest:
            break
        found.add(gap)
    return found

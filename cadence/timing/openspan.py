"""A stretch of days with their open intervals, as parallel integer lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cadence.timing.civil import DAY
from cadence.timing.hours import merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.timing.hours import Interval

__all__ = ["EMPTY_SPAN", "OpenSpan", "build_span"]

_MARGIN = 4  # days at both ends about which the neighbours outside have a say: wrapped shifts and other zones


class OpenSpan(NamedTuple):
    """The open intervals of the days `[first_day, end_day)`.

    `opens` and `closes` are UTC seconds, ascending, disjoint, touching ones joined. `total[i]` open seconds lie before
    `opens[i]`, counted from `opens[0]`, and `total[-1]` is all of them. What is said of `[known_from, known_until]` is
    complete; outside of it intervals may be missing. `total_from` and `total_until` open seconds lie before the two.
    """

    first_day: int
    end_day: int
    known_from: int
    known_until: int
    opens: list[int]
    closes: list[int]
    total: list[int]
    total_from: int = 0
    total_until: int = 0

    def measure(self, utc: int) -> int:
        """Return the open seconds from the first opening to *utc*."""
        at = bisect_right(self.opens, utc) - 1
        return 0 if at < 0 else self.total[at] + min(utc, self.closes[at]) - self.opens[at]

    def first_with(self, total: int) -> int:
        """Return the first instant before which *total* open seconds lie: a close rather than the next opening.

        `0 < total <= self.total[-1]`.
        """
        at = bisect_left(self.total, total) - 1
        return self.opens[at] + total - self.total[at]

    def last_with(self, total: int) -> int:
        """Return the last instant before which *total* open seconds lie: an opening rather than the close before.

        `0 <= total < self.total[-1]`.
        """
        at = bisect_right(self.total, total) - 1
        return self.opens[at] + total - self.total[at]

    def cut(self, first: int, end: int) -> tuple[Interval, ...]:
        """Return what is open in `[first, end)`."""
        low, high = bisect_right(self.closes, first), bisect_left(self.opens, end)
        pairs = zip(self.opens[low:high], self.closes[low:high], strict=True)
        return tuple((max(opens, first), min(closes, end)) for opens, closes in pairs)


EMPTY_SPAN = OpenSpan(0, 0, 0, 0, [], [], [0])


def build_span(first_day: int, end_day: int, intervals: Iterable[Interval]) -> OpenSpan:
    """Return the span of these days; *intervals* may come in any order, and touch."""
    merged = merge(intervals)
    span = OpenSpan(
        first_day,
        end_day,
        known_from=(first_day + _MARGIN) * DAY,
        known_until=(end_day - _MARGIN) * DAY,
        opens=[opens for opens, _ in merged],
        closes=[closes for _, closes in merged],
        total=list(accumulate((closes - opens for opens, closes in merged), initial=0)),
    )
    return span._replace(total_from=span.measure(span.known_from), total_until=span.measure(span.known_until))

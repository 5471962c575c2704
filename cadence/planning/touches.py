"""When a record is touched, and an assignee busy: what caps and gaps count."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from cadence.timing.civil import DAY

if TYPE_CHECKING:
    from collections import defaultdict
    from collections.abc import Iterable

    from cadence.timing.zones import Zone

__all__ = ["Touches"]

_WIDEST_DAY = 2 * DAY


class Touches:
    """The dues of one record so far, ascending, and those of assignees by local day, over all records of the plan."""

    __slots__ = ("_busy", "_dues")

    def __init__(self, dues: Iterable[int], busy: defaultdict[tuple[str, int], int]) -> None:
        self._dues = sorted(dues)
        self._busy = busy

    def add(self, utc: int, zone: Zone, assignee: str | None) -> None:
        """Count a due."""
        insort(self._dues, utc)
        if assignee is not None:
            self._busy[assignee, zone.to_local(utc) // DAY] += 1

    def on_day(self, day: int, zone: Zone, assignee: str | None) -> int:
        """Return how many there are on the local date *day*: the assignee's, or without one the record's."""
        if assignee is not None:
            return self._busy[assignee, day]
        near = day * DAY
        around = self._dues[bisect_left(self._dues, near - _WIDEST_DAY) : bisect_right(self._dues, near + _WIDEST_DAY)]
        return sum(zone.to_local(utc) // DAY == day for utc in around)

    def near(self, utc: int, direction: int) -> tuple[int, ...]:
        """Return the two dues around *utc*, the one further in *direction* first."""
        at = bisect_right(self._dues, utc)
        around = self._dues[max(at - 1, 0) : at + 1]
        return tuple(around[::-1] if direction > 0 else around)

"""What is closed behind a lane."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cadence.timeline.timeline import Backdrop
from cadence.timing.civil import DAY
from cadence.timing.hours import merge, subtract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.timeline.scale import Scale
    from cadence.timing.hours import Interval
    from cadence.timing.opens import OpenTable
    from cadence.timing.zones import Zone

__all__ = ["backdrop", "clock_changes", "closed_days", "closed_hours"]


def backdrop(table: OpenTable | None, zone: Zone, scale: Scale, *, by_day: bool) -> Backdrop:
    """Return what is closed by *table*, nothing where there is none, in hours or in whole days."""
    changes = tuple(at for at, _ in clock_changes(zone, scale))
    if table is None:
        return Backdrop((), changes)
    return Backdrop(closed_days(table, scale) if by_day else closed_hours(table, scale), changes)


def closed_hours(table: OpenTable, scale: Scale) -> tuple[Interval, ...]:
    """Return all of what is drawn in which nothing is open."""
    return merge(shut for piece in scale.pieces for shut in subtract([piece], table.intervals(*piece)))


def closed_days(table: OpenTable, scale: Scale) -> tuple[Interval, ...]:
    """Return the local days during which nothing is open at any time, cut to what is drawn."""
    return merge(
        (max(first, piece[0]), min(end, piece[1]))
        for piece in scale.pieces
        for first, end in _days(table.zone, piece)
        if not table.intervals(first, end)
    )


def clock_changes(zone: Zone, scale: Scale) -> list[tuple[int, int]]:
    """Return each drawn instant at which clocks in *zone* change, and by how many seconds."""
    pieces = [pair for first, end in scale.pieces for pair in pairwise(zone.segments(first, end + 1))]
    return [(after[0], after[2] - before[2]) for before, after in pieces]


def _days(zone: Zone, piece: Interval) -> Iterator[Interval]:
    """Yield the local days that a piece touches, whole."""
    days = range(zone.to_local(piece[0]) // DAY, zone.to_local(piece[1]) // DAY + 2)
    yield from pairwise(zone.day_start(day) for day in days)

"""Time zones: what clocks show at an instant, and which instant a local time means."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from cadence.errors import CalendarError, RepeatedTime, SkippedTime, UnknownZone
from cadence.timing.civil import DAY, date_of, first_day_of_year, year_of
from cadence.timing.policy import Policy
from cadence.timing.posix_tz import YearlyRule
from cadence.timing.tzif import ZoneFile, read_zone_file, tzdata_version, zone_names

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TRANSITION", "Resolution", "Zone", "ZoneTable", "tzdata_version", "zone", "zone_names"]

TRANSITION = -(2**31)
"""Stands in a table of offsets by day for a day on which clocks change."""

_FIRST_YEAR = 1990
_FIRST_LIMIT = 2060
_LAST_YEAR = 9998
_ABBREVIATION = 4  # such as "PST", which is close to much and means nothing in the zone data
_OFFSET_NAME = r"([+-])([01]\d|2[0-3]):([0-5]\d)"


class Resolution(NamedTuple):
    """The instant a local time means, and whether it is `exact`, in a `gap` or in a `fold` (PEP 495)."""

    utc: int
    kind: Literal["exact", "gap", "fold"]


class ZoneTable(NamedTuple):
    """A zone as integers, complete for the instants below `limit`.

    `offsets[i]` (seconds east of UTC) holds before `instants[i]`, and the last one after them all. Local times from
    `first_wall[i]` on can only be after that change, those before `second_wall[i]` only before it; between the two lies
    its gap or its fold. `by_day[d - first_day]` is the offset of local day *d*, or TRANSITION.
    """

    limit: int
    instants: list[int]
    offsets: list[int]
    first_wall: list[int]
    second_wall: list[int]
    first_day: int
    by_day: Sequence[int]


class Zone:
    """A time zone of the pinned tzdata. Get one from `zone`; the same name gives the same object."""

    __slots__ = ("_file", "name", "table")

    def __init__(self, name: str, file: ZoneFile) -> None:
        self.name = name
        self._file = file
        self.table = _table(file, _FIRST_LIMIT)

    def __repr__(self) -> str:
        return f"zone({self.name!r})"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return zone, (self.name,)

    def offset_at(self, utc: int) -> int:
        """Return the seconds by which clocks are ahead of UTC at that instant."""
        table = self.table if utc < self.table.limit else self._until(utc)
        return table.offsets[bisect_right(table.instants, utc)]

    def to_local(self, utc: int) -> int:
        """Return the local second that clocks show at that instant."""
        return utc + self.offset_at(utc)

    def to_utc(self, local: int, policy: Policy = Policy.COMPATIBLE) -> int:
        """Return the instant at which clocks show *local*; what the clocks skip or repeat goes by *policy*.

        Raises SkippedTime or RepeatedTime under Policy.FAIL.
        """
        table = self.table
        at = local // DAY - table.first_day
        if 0 <= at < len(table.by_day):
            offset = table.by_day[at]
            if offset != TRANSITION:
                return local - offset
        return self.resolve(local, policy).utc

    def day_start(self, day: int) -> int:
        """Return the first instant of local *day*, also where the clocks skip or repeat its midnight."""
        utc, kind = self.resolve(day * DAY)
        return utc if kind != "gap" else self.table.instants[bisect_right(self.table.instants, utc) - 1]

    def resolve(self, local: int, policy: Policy = Policy.COMPATIBLE) -> Resolution:
        """Return the instant and the kind of *local*: see `to_utc`."""
        table = self.table if local < self.table.limit - DAY else self._until(local + DAY)
        before = table.offsets[bisect_right(table.first_wall, local)]
        after = table.offsets[bisect_right(table.second_wall, local)]
        if before == after:
            return Resolution(local - before, "exact")
        kind: Literal["gap", "fold"] = "gap" if after > before else "fold"
        if policy is Policy.FAIL:
            raise self._refusal(local, kind)
        wants_after = policy is (Policy.EARLIER if kind == "gap" else Policy.LATER)
        return Resolution(local - (after if wants_after else before), kind)

    def segments(self, first: int, end: int) -> list[tuple[int, int, int]]:
        """Return (from, until, offset) for the instants `[first, end)`, cut where the offset changes."""
        table = self.table if end < self.table.limit else self._until(end)
        low, high = bisect_right(table.instants, first), bisect_right(table.instants, end - 1)
        edges = [first, *table.instants[low:high], end]
        return [
            (start, until, offset)
            for start, until, offset in zip(edges, edges[1:], table.offsets[low : high + 1], strict=False)
        ]

    def _until(self, utc: int) -> ZoneTable:
        """Return a table that reaches *utc*; it replaces the one that does not."""
        year = year_of(utc // DAY)
        if year > _LAST_YEAR:
            raise CalendarError(f"date '{date_of(utc // DAY)}' is too late", hint=f"use dates up to {_LAST_YEAR}")
        self.table = _table(self._file, min(year + 40, _LAST_YEAR))
        return self.table

    def _refusal(self, local: int, kind: str) -> CalendarError:
        day, second = divmod(local, DAY)
        time = f"{second // 3600:02d}:{second // 60 % 60:02d}"
        what, error = ("is skipped", SkippedTime) if kind == "gap" else ("happens twice", RepeatedTime)
        return error(
            f"'{time}' {what} on {date_of(day)} in zone '{self.name}'",
            hint="choose clock_change: compatible, earlier or later",
        )


def _table(file: ZoneFile, last_year: int) -> ZoneTable:
    instants, offsets = _extended(file, last_year)
    pairs = list(zip(instants, offsets, offsets[1:], strict=False))
    first_day, end_day = first_day_of_year(_FIRST_YEAR), first_day_of_year(last_year + 1)
    return ZoneTable(
        limit=end_day * DAY - 2 * DAY,
        instants=instants,
        offsets=offsets,
        first_wall=[instant + max(before, after) for instant, before, after in pairs],
        second_wall=[instant + min(before, after) for instant, before, after in pairs],
        first_day=first_day,
        by_day=_offsets_by_day(pairs, offsets[0], first_day, end_day),
    )


def _extended(file: ZoneFile, last_year: int) -> tuple[list[int], list[int]]:
    """Return the transitions of the file, continued by its rule to the end of *last_year*."""
    instants, offsets = list(file.instants), list(file.offsets)
    if file.rule is None:
        return instants, offsets
    first_year = year_of(instants[-1] // DAY) if instants else _FIRST_YEAR
    for year in range(first_year, last_year + 1):
        for instant, offset in file.rule.transitions(year):
            if not instants or instant > instants[-1]:
                instants.append(instant)
                offsets.append(offset)
    return instants, offsets


def _offsets_by_day(pairs: list[tuple[int, int, int]], initial: int, first_day: int, end_day: int) -> Sequence[int]:
    table = array("i")
    offset = initial
    for instant, before, after in pairs:
        start, end = sorted((instant + before, instant + after))
        _fill(table, offset, start // DAY - first_day)
        _fill(table, TRANSITION, -(-end // DAY) - first_day)
        offset = after
    _fill(table, offset, end_day - first_day)
    return table


def _fill(table: array[int], value: int, end: int) -> None:
    if end > len(table):
        table.extend(array("i", [value]) * (end - len(table)))


@lru_cache(maxsize=1024)
def zone(name: str) -> Zone:
    """Return the zone with that IANA name, or the fixed one of an offset such as "+05:30" (RFC 9557).

    Raises UnknownZone with what was probably meant.
    """
    if name in zone_names():
        return Zone(name, read_zone_file(name))
    match = re.fullmatch(_OFFSET_NAME, name)
    if match is None:
        raise _unknown(name)
    offset = (int(match[2]) * 60 + int(match[3])) * (-60 if match[1] == "-" else 60)
    return Zone(name, ZoneFile([], [offset], YearlyRule(offset, offset, None, None)))


def _unknown(name: str) -> UnknownZone:
    from cadence.diagnostics import suggest  # noqa: PLC0415 - only when something is wrong

    names = sorted(zone_names())
    city = name.strip().replace(" ", "_").casefold()
    best = next((known for known in names if known.rpartition("/")[2].casefold() == city), None) or (
        suggest(name, names) if len(name) > _ABBREVIATION else None
    )
    hint = f"did you mean '{best}'?" if best else "write an IANA name, as 'America/New_York'"
    return UnknownZone(f"unknown time zone '{name}'", hint=hint)

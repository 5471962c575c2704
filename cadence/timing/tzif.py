"""Zone files: transitions and rule of a zone from the pinned tzdata package.

Source: RFC 9636, The Time Zone Information Format.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

import tzdata  # type: ignore[import-untyped]

from cadence.errors import CalendarError
from cadence.timing.posix_tz import YearlyRule, parse_posix_tz

__all__ = ["ZoneFile", "parse_tzif", "read_zone_file", "tzdata_version", "zone_names"]

_HEADER = struct.Struct(">4sc15x6I")


class ZoneFile(NamedTuple):
    """Offsets in seconds east of UTC: `offsets[i]` holds before `instants[i]`, the last one after them all."""

    instants: list[int]
    offsets: list[int]
    rule: YearlyRule | None


def tzdata_version() -> str:
    """Return the version of the zone data as IANA names it, such as "2025b"."""
    return str(tzdata.IANA_VERSION)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all zones and links."""
    return frozenset(_read("zones").decode().split())


def read_zone_file(name: str) -> ZoneFile:
    """Return the file of *name*, which must be one of `zone_names`."""
    return parse_tzif(_read(f"zoneinfo/{name}"))


def _read(path: str) -> bytes:
    # PEP 302's get_data rather than importlib.resources, whose import takes longer than a whole plan.
    loader = tzdata.__spec__.loader
    content: bytes = loader.get_data(f"{tzdata.__path__[0]}/{path}")
    return content


def parse_tzif(content: bytes) -> ZoneFile:
    """Return what the bytes of a TZif file of version 2 or later say. Raises CalendarError."""
    magic, version, *counts = _HEADER.unpack_from(content)
    if magic != b"TZif" or version < b"2":
        raise CalendarError("zone data is not TZif of version 2 or later", hint="reinstall the tzdata package")
    second = _HEADER.size + _block_size(counts, time_size=4)
    counts = list(_HEADER.unpack_from(content, second)[2:])
    start = second + _HEADER.size
    footer = content[start + _block_size(counts, time_size=8) :].strip(b"\n").decode()
    instants, offsets = _transitions(content, start, times=counts[3], types=counts[4])
    return ZoneFile(instants, offsets, parse_posix_tz(footer) if footer else None)


def _block_size(counts: list[int], *, time_size: int) -> int:
    utc_marks, standard_marks, leaps, times, types, characters = counts
    return times * (time_size + 1) + types * 6 + characters + leaps * (time_size + 4) + standard_marks + utc_marks


def _transitions(content: bytes, start: int, *, times: int, types: int) -> tuple[list[int], list[int]]:
    instants = list(struct.unpack_from(f">{times}q", content, start))
    which = content[start + times * 8 : start + times * 9]
    kinds = [struct.unpack_from(">lBB", content, start + times * 9 + number * 6) for number in range(types)]
    before = next((offset for offset, is_daylight, _ in kinds if not is_daylight), kinds[0][0])
    return instants, [before, *(kinds[kind][0] for kind in which)]

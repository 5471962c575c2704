"""Zones agree with the standard library's reading of the same file, at all instants and local times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.timing.policy import Policy
from cadence.timing.zones import Zone, zone, zone_names
from tests.properties.timing_strategies import instants_in, reference_zone, zones

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock
_FAR = 9_000_000_000  # 2255


def _offset(name: str, local: int, *, fold: int) -> int:
    wall = (_EPOCH + timedelta(seconds=local)).replace(tzinfo=reference_zone(name), fold=fold)
    delta = wall.utcoffset()
    assert delta is not None
    return int(delta.total_seconds())


def _expected(name: str, local: int) -> dict[Policy, int]:
    first, second = (local - _offset(name, local, fold=fold) for fold in (0, 1))
    return {Policy.COMPATIBLE: first, Policy.EARLIER: min(first, second), Policy.LATER: max(first, second)}


def _interesting(where: Zone, seed: int) -> list[int]:
    changes = [utc for utc in where.table.instants if abs(utc) < _FAR]
    few = changes[seed % 7 :: 1 + len(changes) // 12]
    near = [change + step for change in few for step in (-5400, -1, 0, 1, 1800, 3599)]
    return [*near, *range(-2_500_000_000 + seed * 7919, _FAR, 911_382_323)]


@pytest.mark.slow
@pytest.mark.parametrize("names", [sorted(zone_names())[start::8] for start in range(8)], ids=str)
def test_every_zone_agrees_with_the_standard_library(names: list[str]) -> None:
    for seed, name in enumerate(names):
        where = zone(name)
        for utc in _interesting(where, seed):
            there = datetime.fromtimestamp(utc, UTC).astimezone(reference_zone(name)).utcoffset()
            assert there is not None
            assert where.offset_at(utc) == there.total_seconds(), (name, utc)
            local = utc + 3600
            for policy, expected in _expected(name, local).items():
                assert where.to_utc(local, policy) == expected, (name, local, policy)
                assert where.resolve(local, policy).utc == expected, (name, local, policy)


@given(st.data(), zones)
def test_every_instant_can_be_found_again_by_its_local_time(data: st.DataObject, where: Zone) -> None:
    utc = data.draw(instants_in(where))
    local = where.to_local(utc)
    assert utc in {where.to_utc(local, Policy.EARLIER), where.to_utc(local, Policy.LATER)}


@given(st.data(), zones, st.sampled_from([Policy.COMPATIBLE, Policy.LATER]))
def test_a_resolved_time_is_never_before_what_was_asked(data: st.DataObject, where: Zone, policy: Policy) -> None:
    local = data.draw(instants_in(where))
    resolution = where.resolve(local, policy)
    shown = where.to_local(resolution.utc)
    assert shown > local if resolution.kind == "gap" else shown == local


@given(st.data(), zones)
def test_a_day_starts_with_its_first_instant(data: st.DataObject, where: Zone) -> None:
    day = where.to_local(data.draw(instants_in(where))) // 86_400
    start = where.day_start(day)
    assert where.to_local(start) // 86_400 == day
    assert where.to_local(start - 1) // 86_400 < day or where.to_local(start - 1) >= where.to_local(start)


@given(st.data(), zones)
def test_segments_cover_a_stretch_without_overlap(data: st.DataObject, where: Zone) -> None:
    first = data.draw(instants_in(where))
    end = first + data.draw(st.integers(1, 400 * 86_400))
    pieces = where.segments(first, end)
    assert pieces[0][0] == first
    assert pieces[-1][1] == end
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    for start, until, offset in pieces:
        assert where.offset_at(start) == where.offset_at(until - 1) == offset

from __future__ import annotations

from datetime import timedelta

import pytest

from cadence.delivery.backoff import backoff, clamped, whole_seconds


@pytest.mark.parametrize(
    ("tries", "draw", "seconds"),
    [(1, 0.5, 0.5), (2, 0.5, 1.0), (4, 1.0, 8.0), (6, 1.0, 30.0), (500, 1.0, 30.0), (3, 0, 0)],
)
def test_a_pause_is_drawn_below_a_ceiling_that_doubles_up_to_a_cap(tries: int, draw: float, seconds: float) -> None:
    assert backoff(tries, draw) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("asked", "given"), [(None, 0), (-9, 0), (0, 0), (90, 90), (3600, 3600), (10**9, 3600)])
def test_what_a_server_asks_for_is_kept_within_an_hour(asked: int | None, given: int) -> None:
    retry_after = None if asked is None else timedelta(seconds=asked)
    assert clamped(retry_after) == timedelta(seconds=given)


@pytest.mark.parametrize(("wait", "seconds"), [(-1, 0), (0, 0), (0.2, 2), (1, 2), (1.5, 3), (60, 61)])
def test_a_wait_between_instants_cut_to_the_second_is_never_too_short(wait: float, seconds: int) -> None:
    assert whole_seconds(timedelta(seconds=wait)) == timedelta(seconds=seconds)

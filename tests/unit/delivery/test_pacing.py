"""How fast to send."""

from __future__ import annotations

import pytest

from cadence.delivery.pacing import allowed, lowered


def test_without_a_429_the_rate_is_what_was_configured() -> None:
    assert allowed(25.0, None, 0.0) == 25.0
    assert allowed(0.0, None, 0.0) == 0.0


@pytest.mark.parametrize(("since_s", "rate"), [(0.0, 5.0), (30.0, 10.0), (60.0, 20.0), (90.0, 25.0), (1e9, 25.0)])
def test_a_lowered_rate_doubles_every_half_minute_up_to_the_configured_one(since_s: float, rate: float) -> None:
    assert allowed(25.0, 5.0, since_s) == rate


def test_without_a_configured_rate_the_ceiling_is_forgotten_in_the_end() -> None:
    assert allowed(0.0, 100.0, 30.0) == 200.0
    assert allowed(0.0, 100.0, 600.0) == 0.0


def test_each_429_halves_the_rate_down_to_one_request_in_two_seconds() -> None:
    assert lowered(10.0) == 5.0
    assert lowered(0.6) == 0.5

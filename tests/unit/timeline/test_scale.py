"""Where instants lie, and what the axis says."""

from __future__ import annotations

import pytest

from cadence.timeline.scale import BREAK, scale_of
from cadence.timeline.ticks import axis
from cadence.timing.zones import zone

DAY = 86_400
START = 1_795_186_800  # Fri 20 Nov 2026 15:00 UTC
NEW_YORK = zone("America/New_York")


def test_an_instant_alone_has_ten_minutes_around_it() -> None:
    scale = scale_of([START])
    assert scale.span == 600 + 2 * 60
    assert scale.shows(START)


def test_a_stretch_much_longer_than_the_rest_is_left_out() -> None:
    scale = scale_of([START, START + 20 * DAY, START + 1000 * DAY])
    [(first, end)] = scale.breaks
    assert START + 20 * DAY < first < end < START + 1000 * DAY
    assert scale.part(end) - scale.part(first) == pytest.approx(BREAK)
    assert not scale.shows(START + 500 * DAY)


def test_steps_at_even_distances_have_no_break() -> None:
    assert scale_of([START + n * 90 * DAY for n in range(9)]).breaks == ()


@pytest.mark.parametrize(
    ("days", "ticks", "contexts"),
    [
        (0.005, ["10:00", "10:02", "10:04", "10:06", "10:08"], ["Fri 20 Nov 2026"]),
        (0.25, ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"], ["Fri 20 Nov 2026"]),
        (5, ["Sat 21", "Sun 22", "Mon 23", "Tue 24", "Wed 25"], ["Nov 2026"]),
        (30, ["23 Nov", "30 Nov", "7 Dec", "14 Dec", "21 Dec"], ["Nov 2026", "Dec 2026"]),
        (200, ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun"], ["2026", "2027"]),
        (730, ["Jan", "Apr", "Jul", "Oct", "Jan", "Apr", "Jul", "Oct"], ["2026", "2027", "2028"]),
        (3650, ["2028", "2030", "2032", "2034", "2036"], []),
    ],
)
def test_the_axis_has_round_times_for_any_span(days: float, ticks: list[str], contexts: list[str]) -> None:
    found, above = axis(scale_of([START, START + int(days * DAY)]), NEW_YORK)
    assert [tick.label for tick in found] == ticks
    assert [tick.label for tick in above] == contexts


def test_a_round_time_that_clocks_skip_is_no_tick() -> None:
    before = 1_805_007_600 - 3600  # 01:00 on 14 March 2027, an hour before clocks go forward
    found, _ = axis(scale_of([before, before + 4 * 3600]), NEW_YORK)
    assert "02:00" not in [tick.label for tick in found]
    assert "03:00" in [tick.label for tick in found]

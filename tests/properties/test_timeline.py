"""Laws of the picture: time runs to the right, labels keep apart, and what is shaded is what is closed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cadence.model.people import Record
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence
from cadence.timeline.backdrop import closed_days, closed_hours
from cadence.timeline.build import timeline_of
from cadence.timeline.picture import picture
from cadence.timeline.scale import Scale, scale_of
from cadence.timeline.surroundings import Surroundings
from cadence.timeline.ticks import CHARACTER, MOST, ROOMY, Tick, axis
from cadence.timing.civil import DAY
from cadence.timing.hours import merge, subtract
from cadence.timing.opens import open_table
from tests.properties.timing_strategies import calendars, zones

if TYPE_CHECKING:
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.zones import Zone

FIRST = 1_735_689_600  # 2025
LATE = 3_000_000_000  # 2065

spans = st.sampled_from([420, 3600, DAY, 9 * DAY, 30 * DAY, 180 * DAY, 730 * DAY, 3650 * DAY])


@st.composite
def scales(draw: st.DrawFn, longest: int = 3650 * DAY) -> Scale:
    start = draw(st.integers(FIRST, FIRST + 3 * 365 * DAY))
    span = min(draw(spans), longest)
    return scale_of([start, *(start + draw(st.integers(0, span)) for _ in range(draw(st.integers(0, 8))))])


@given(scales(), st.lists(st.integers(FIRST, LATE), min_size=2))
def test_time_runs_to_the_right(scale: Scale, instants: list[int]) -> None:
    parts = [scale.part(utc) for utc in sorted(instants)]
    assert all(0 <= before <= after <= 1 for before, after in pairwise(parts))


@given(st.lists(st.integers(FIRST, LATE), min_size=1, max_size=60))
def test_every_instant_is_shown_inside_the_edges(instants: list[int]) -> None:
    scale = scale_of(instants)
    assert all(scale.shows(utc) and 0 < scale.part(utc) < 1 for utc in instants)
    assert all(not scale.shows((first + end) // 2) for first, end in scale.breaks)


@given(scales(), zones)
def test_no_label_of_the_axis_touches_another(scale: Scale, zone: Zone) -> None:
    ticks, contexts = axis(scale, zone)
    assert len(ticks) <= MOST
    narrow = [tick for tick in ticks if not tick.extra]
    assert _apart(narrow, scale, CHARACTER)
    assert _apart(list(ticks), scale, CHARACTER / ROOMY)
    assert _apart([tick for tick in contexts if not tick.extra], scale, CHARACTER, centred=False)
    assert _apart(list(contexts), scale, CHARACTER / ROOMY, centred=False)


def _apart(ticks: list[Tick], scale: Scale, character: float, *, centred: bool = True) -> bool:
    def left(tick: Tick) -> float:
        width = len(tick.label) * character
        return min(max(scale.part(tick.at) - (width / 2 if centred else 0), 0), 1 - width)

    return all(left(a) + len(a.label) * character <= left(b) + 1e-9 for a, b in pairwise(ticks))


@given(calendars(), zones, scales(60 * DAY))
def test_shaded_hours_are_exactly_those_that_are_closed(calendar: BusinessCalendar, zone: Zone, scale: Scale) -> None:
    table = open_table(calendar, zone)
    closed = closed_hours(table, scale)
    opened = [shift for piece in scale.pieces for shift in table.intervals(*piece)]
    assert merge([*closed, *opened]) == merge(scale.pieces)
    assert subtract(closed, opened) == closed


@given(calendars(), zones, scales(400 * DAY))
def test_a_shaded_day_has_no_open_minute_and_no_closed_day_is_left_out(
    calendar: BusinessCalendar, zone: Zone, scale: Scale
) -> None:
    table = open_table(calendar, zone)
    shaded = closed_days(table, scale)
    assert subtract(shaded, closed_hours(table, scale)) == ()
    for first, end in scale.pieces:
        for day in range(zone.to_local(first) // DAY + 1, zone.to_local(end) // DAY):
            whole = (zone.day_start(day), zone.day_start(day + 1))
            assert (subtract([whole], shaded) == ()) is (not table.intervals(*whole))


@st.composite
def texts(draw: st.DrawFn) -> str:
    count = draw(st.integers(1, 60))
    unit = draw(st.sampled_from(["minutes", "hours", "days", "business days", "weeks"]))
    steps = (
        f"  - {{id: s{n}, activity: call, due: {draw(st.integers(1, 50))} {unit} after start}}" for n in range(count)
    )
    return "sequence: s\ncalendar: {hours: {mon-fri: 09:00-17:00}, holidays: [US]}\nsteps:\n" + "\n".join(steps)


@given(texts(), zones)
def test_every_activity_of_a_plan_is_in_the_picture(text: str, zone: Zone) -> None:
    sequence = parse_sequence(text)
    start = datetime(2026, 10, 20, 15, tzinfo=UTC)
    plan = make_plan(sequence, [Record("r", {"timezone": zone.name})], now=start, start=start)
    timeline = timeline_of(plan.enrollments[0], start, Surroundings(sequence))
    drawn = picture(timeline)
    assert [lane.name for lane in timeline.lanes] == [activity.step for activity in plan.activities]
    assert drawn.count('role="img"') == len(timeline.lanes)
    places = [float(place) for place in re.findall(r' (?:x|x1|x2)="([-\d.]+)%"', drawn)]
    assert all(0 <= place <= 100 for place in places)
    assert all(lane.said in drawn for lane in timeline.lanes)

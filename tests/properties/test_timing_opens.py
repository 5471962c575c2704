"""Laws of open time, checked against a clock that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY, day_of
from cadence.timing.hours import every_day
from cadence.timing.opens import OpenTable, open_table
from cadence.timing.zones import Zone, zone
from tests.properties.timing_strategies import ZONES, calendars, hours, instants_in, reference_zone, zones

_HALF_HOUR = 1800
_seconds = st.integers(1, 30 * DAY)


def _reads_open(calendar: BusinessCalendar, name: str, utc: int) -> bool:
    """Whether the wall clock reads inside the hours: by the standard library, one instant at a time."""
    wall = datetime.fromtimestamp(utc, UTC).astimezone(reference_zone(name))
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    today = day_of(wall.date())
    return any(
        opens <= second + DAY * back < closes for back in (0, 1) for opens, closes in calendar.hours_on(today - back)
    )


def _drawn(data: st.DataObject, where: Zone, calendar: BusinessCalendar) -> tuple[OpenTable, int]:
    return open_table(calendar, where), data.draw(instants_in(where))


@given(st.data(), zones, calendars())
def test_it_is_open_if_and_only_if_the_wall_clock_reads_inside(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar
) -> None:
    table, utc = _drawn(data, where, calendar)
    for step in range(0, 3 * DAY, 1747):
        assert table.is_open(utc + step) == _reads_open(calendar, where.name, utc + step)


@given(st.data(), zones, calendars())
def test_open_seconds_are_those_at_which_the_clock_reads_inside(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar
) -> None:
    table, utc = _drawn(data, where, calendar)
    first = utc - utc % _HALF_HOUR  # hours and clock changes are on the half hour or, in Nepal and Chatham, the quarter
    step = _HALF_HOUR // 2
    counted = sum(step for at in range(first, first + 4 * DAY, step) if _reads_open(calendar, where.name, at))
    assert table.between(first, first + 4 * DAY) == counted


@given(st.data(), zones, calendars())
def test_the_next_opening_is_open_and_nothing_before_it_is(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar
) -> None:
    table, utc = _drawn(data, where, calendar)
    opening = table.next_opening(utc)
    assert opening >= utc
    assert table.is_open(opening)
    assert table.between(utc, opening) == 0
    assert table.next_opening(opening) == opening


@given(st.data(), zones, calendars())
def test_the_last_close_may_hold_a_due_and_nothing_after_it_is_open(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar
) -> None:
    table, utc = _drawn(data, where, calendar)
    close = table.last_close(utc)
    assert close <= utc
    assert table.contains(close)
    assert table.between(close, utc) == 0
    assert table.last_close(close) == close


@given(st.data(), zones, calendars(), _seconds)
def test_between_is_the_inverse_of_add(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, seconds: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    later, earlier = table.add(utc, seconds), table.add(utc, -seconds)
    assert table.between(utc, later) == seconds
    assert table.between(utc, earlier) == -seconds


@given(st.data(), zones, calendars(), _seconds, _seconds)
def test_open_time_adds_up(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, first: int, second: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    assert table.add(table.add(utc, first), second) == table.add(utc, first + second)
    assert table.add(table.add(utc, -first), -second) == table.add(utc, -first - second)


@given(st.data(), zones, calendars(), st.integers(-30 * DAY, 30 * DAY), st.integers(0, 3 * DAY))
def test_open_time_is_monotone(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, seconds: int, more: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    assume(seconds != 0 and seconds + more != 0)  # nothing to add rounds up to an opening
    assert table.add(utc, seconds) <= table.add(utc, seconds + more)
    assert table.add(utc, seconds) <= table.add(utc + more, seconds)


@given(st.data(), zones, calendars(), st.integers(-30 * DAY, 30 * DAY))
def test_no_due_lies_in_the_interior_of_a_closed_interval(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, seconds: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    assert table.contains(table.add(utc, seconds))
    assert table.is_open(table.add(utc, seconds, land="open"))


@given(st.data(), zones, calendars(), st.integers(-3, 3))
def test_growing_a_table_changes_no_answer(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, years: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    before = table.add(utc, 90_000), table.next_opening(utc), table.last_close(utc)
    table.is_open(utc + years * 366 * DAY)
    assert before == (table.add(utc, 90_000), table.next_opening(utc), table.last_close(utc))


@given(st.data(), zones, calendars(), st.sampled_from([None, *ZONES]))
def test_a_table_is_right_up_to_its_edges(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, home: str | None
) -> None:
    fixed = BusinessCalendar("fixed", calendar.week, timezone=home, special=calendar.special)
    table, utc = _drawn(data, where, fixed)
    table.is_open(utc)
    span = table.span
    for inwards in range(0, 3 * DAY, 1747):
        for at in (span.known_from + inwards, span.known_until - 1 - inwards):
            assert table.is_open(at) == _reads_open(fixed, home or where.name, at)
    assert table.span is span


@given(st.data(), zones, calendars(), hours.filter(any))
def test_a_narrowed_table_is_open_when_both_clocks_read_inside(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, window: tuple[tuple[int, int], ...]
) -> None:
    table, utc = _drawn(data, where, calendar)
    week = every_day(window)
    narrowed, alone = table.narrow(week), BusinessCalendar("window", week)
    for at in range(utc, utc + 2 * DAY, 3607):
        assert narrowed.is_open(at) == (table.is_open(at) and _reads_open(alone, where.name, at))


@settings(max_examples=25)
@given(st.data(), zones, calendars(), calendars(), st.sampled_from(ZONES))
def test_two_clocks_are_open_together_when_each_is(
    data: st.DataObject, where: Zone, ours: BusinessCalendar, theirs: BusinessCalendar, abroad: str
) -> None:
    table, utc = _drawn(data, where, ours)
    other = open_table(theirs, zone(abroad))
    both = table.intersect(other)
    for at in range(utc, utc + 2 * DAY, 3607):
        assert both.is_open(at) == (table.is_open(at) and other.is_open(at))


@given(st.data(), zones, calendars(), st.integers(1, 5 * DAY))
def test_leave_takes_its_time_and_nothing_else(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, length: int
) -> None:
    table, utc = _drawn(data, where, calendar)
    without = table.minus(((utc, utc + length),))
    assert without.between(utc, utc + length) == 0
    assert without.between(utc - DAY, utc) == table.between(utc - DAY, utc)
    assert without.between(utc + length, utc + length + DAY) == table.between(utc + length, utc + length + DAY)


@given(st.data(), zones, calendars(), st.sampled_from(ZONES))
def test_the_calendars_zone_governs_its_hours_wherever_they_are_seen_from(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar, home: str
) -> None:
    fixed = BusinessCalendar(
        "fixed",
        calendar.week,
        timezone=home,
        closed=calendar.closed,
        working=calendar.working,
        special=calendar.special,
    )
    table, utc = _drawn(data, where, fixed)
    for at in range(utc, utc + 2 * DAY, 3607):
        assert table.is_open(at) == _reads_open(calendar, home, at)
    opening = table.next_opening(utc)
    day = table.opening_day(opening)
    assert day is not None
    assert any(opens <= opening < closes for opens, closes in table.shifts_on(day))


@given(st.data(), zones, calendars())
def test_a_shift_belongs_to_the_day_on_which_it_opens(
    data: st.DataObject, where: Zone, calendar: BusinessCalendar
) -> None:
    table, utc = _drawn(data, where, calendar)
    day = table.opening_day(utc)
    assert (day is None) == (not table.contains(utc))
    if day is not None:
        assert any(opens <= utc <= closes for opens, closes in table.shifts_on(day))

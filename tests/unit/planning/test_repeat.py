"""Repeats, counted from the anchor each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cadence.errors import PlanError
from cadence.planning.occurrences import rule_dates
from cadence.timing.civil import day_of
from cadence.timing.zones import zone

Dues = Callable[..., dict[str, str]]


def repeated(
    dues: Dues, repeat: str, *, due: str = "0 days after record.from at 10:00", start: str = "2027-01-31"
) -> list[str]:
    steps = f'- {{id: one, activity: task, due: "{due}", window: any, repeat: {repeat}}}'
    return [local[:16] for local in dues(steps, {"from": start}).values()]


def test_months_clamp_from_the_anchor_never_from_a_clamped_date(dues: Dues) -> None:
    assert repeated(dues, "{every: 1 month, times: 4}") == [
        "2027-01-31T10:00",
        "2027-02-28T10:00",
        "2027-03-31T10:00",
        "2027-04-30T10:00",
    ]


def test_occurrences_of_hours_are_elapsed_time(dues: Dues) -> None:
    assert repeated(dues, "{every: 36 hours, times: 3}", due="1 hour after record.from", start="2027-03-13T10:00") == [
        "2027-03-13T11:00",
        "2027-03-15T00:00",  # clocks went forward on the 14th
        "2027-03-16T12:00",
    ]


def test_a_rule_skips_dates_that_do_not_exist(dues: Dues) -> None:
    assert repeated(dues, '"FREQ=MONTHLY;COUNT=3"') == ["2027-01-31T10:00", "2027-03-31T10:00", "2027-05-31T10:00"]


def test_a_rule_may_choose_its_own_times(dues: Dues) -> None:
    assert repeated(dues, '"FREQ=DAILY;BYHOUR=9,15;BYMINUTE=0;COUNT=3"', due="0 days after record.from") == [
        "2027-01-31T09:00",
        "2027-01-31T15:00",
        "2027-02-01T09:00",
    ]


def test_a_rule_until_an_instant_in_utc_ends_by_the_local_clock() -> None:
    day, ten, home = day_of(date(2027, 1, 31)), 10 * 3600, zone("America/New_York")
    before, at = (rule_dates(f"FREQ=DAILY;UNTIL=20270202T{t}Z", day, ten, zone=home) for t in ("145959", "150000"))
    assert [found.day for found in before] == [day, day + 1]
    assert [found.day for found in at] == [day, day + 1, day + 2]


def test_a_rule_until_a_date_covers_that_day(dues: Dues) -> None:
    assert repeated(dues, '"FREQ=DAILY;UNTIL=20270202"') == ["2027-01-31T10:00", "2027-02-01T10:00", "2027-02-02T10:00"]


def test_a_file_may_end_a_rule_in_utc(dues: Dues) -> None:
    assert repeated(dues, '"FREQ=DAILY;UNTIL=20270201T235959Z"') == ["2027-01-31T10:00", "2027-02-01T10:00"]


def test_a_rule_that_never_ends_is_refused(dues: Dues) -> None:
    with pytest.raises(PlanError) as caught:
        repeated(dues, '"FREQ=DAILY;UNTIL=20990101"')
    assert str(caught.value) == (
        "step 'one': rrule 'FREQ=DAILY;UNTIL=20990101' gives more than 1000 occurrences; "
        "bound it with COUNT or UNTIL, as in FREQ=WEEKLY;COUNT=4"
    )


def test_a_rule_without_any_date_is_refused(dues: Dues) -> None:
    with pytest.raises(PlanError, match="gives no date at all"):
        repeated(dues, '"FREQ=DAILY;UNTIL=20200101"')

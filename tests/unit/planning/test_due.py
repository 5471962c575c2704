"""The eight steps of a due. Now and start are Monday 2026-11-23 10:00 in New York, Thursday is Thanksgiving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cadence.errors import PlanError
from cadence.model.people import Record
from cadence.planning.record import plan_record
from cadence.sequence.parse import parse_sequence

Due = Callable[..., str]

WIDE = "calendar: {hours: {mon-fri: 09:00-17:00}}"
NIGHTS = 'calendar: {hours: {mon-fri: "22:00-06:00"}}'


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("start", "2026-11-23T10:00"),
        ("1 business day after start", "2026-11-24T10:00"),
        ("1 business day after start at 14:30", "2026-11-24T14:30"),
        ("3 business days after start", "2026-11-27T10:00"),  # the 26th does not count
        ("3 days after start", "2026-11-27T10:00"),  # the 26th is rolled
        ("5 days after start at 11:00", "2026-11-30T11:00"),  # Saturday rolls to Monday
        ("1 month after start at 11:00", "2026-12-23T11:00"),
        ("friday after start at 15:00", "2026-11-27T15:00"),
        ("monday after start at 15:00", "2026-11-30T15:00"),
        ("monday on or after start at 15:00", "2026-11-23T15:00"),
        ("monday before start at 15:00", "2026-11-16T15:00"),
        ("friday after 2 weeks after start at 15:00", "2026-12-11T15:00"),
        ("2 hours after start", "2026-11-23T12:00"),  # touches a close and is in hours
        ("150 minutes after start", "2026-11-23T13:00"),  # in the break: its end
        ("8 hours after start", "2026-11-24T09:00"),  # 18:00 is past the close: the next opening
        ("4 business hours after start", "2026-11-23T15:00"),
        ("7 business hours after start", "2026-11-24T10:00"),
        ("5 minutes after start", "2026-11-23T10:05"),
        ("1 business day and 2 hours after start", "2026-11-24T12:00"),
        ("4 business days after start at 12:30", "2026-11-30T13:00"),  # in the break: its end
        ("1 business day after start at 07:00", "2026-11-24T09:00"),  # before the opening
        ("1 business day after start at 19:00", "2026-11-24T17:00"),  # past the close
    ],
)
def test_a_due_after_its_anchor(due: Due, sentence: str, expected: str) -> None:
    assert due(sentence, keys="if_past: keep") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("60 days before record.end at 09:00", "2027-01-29T09:00"),  # Saturday 30 January rolls back
        ("1 business day before record.end at 07:00", "2027-03-29T17:00"),  # back to the close of the day before
        ("1 day before record.end at 12:30", "2027-03-30T12:00"),  # in the break: the close before
        ("1 day before record.end at 19:00", "2027-03-30T17:00"),
        ("1 month before record.end", "2027-02-26T09:00"),  # 28 February is a Sunday
        ("friday before record.end at 15:00", "2027-03-26T15:00"),
        ("wednesday on or before record.end at 15:00", "2027-03-31T15:00"),
        ("2 hours before record.end", "2027-03-30T17:00"),  # from the first opening, 09:00
    ],
)
def test_a_due_before_its_anchor_moves_backwards(due: Due, sentence: str, expected: str) -> None:
    assert due(sentence, {"end": "2027-03-31"}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2027-03-31", "2027-03-31T09:00"),
        (date(2027, 3, 31), "2027-03-31T09:00"),
        ("2027-03-31T15:00", "2027-03-31T15:00"),
        ("2027-03-31T15:00:00Z", "2027-03-31T11:00"),
        ("2027-03-31T15:00:00+02:00", "2027-03-31T09:00"),
        (datetime(2027, 3, 31, 15, 30, tzinfo=UTC), "2027-03-31T11:30"),
    ],
)
def test_an_anchor_is_a_date_or_a_time_with_or_without_offset(due: Due, value: object, expected: str) -> None:
    assert due("0 days after record.end", {"end": value}) == expected


def test_a_bare_date_takes_the_first_opening_of_its_day(due: Due) -> None:
    assert due("on record.end", {"end": "2027-03-31"}) == "2027-03-31T09:00"
    assert due("on record.end", {"end": "2027-04-03"}) == "2027-04-05T09:00"


def test_elapsed_time_from_a_closed_day_goes_straight_to_the_next_opening(due: Due) -> None:
    saturday = {"start": datetime(2026, 11, 28, 17, 0, tzinfo=UTC)}
    assert due("5 minutes after start", **saturday) == "2026-11-30T09:00"
    assert due("start", **saturday) == "2026-11-30T09:00"


def test_no_business_days_from_a_closed_day_take_the_roll_and_keep_the_time(due: Due) -> None:
    saturday = {"start": datetime(2026, 11, 28, 16, 0, tzinfo=UTC)}
    assert due("0 business days after start", **saturday) == "2026-11-30T11:00"
    assert due("0 business days after start", keys="roll: preceding, if_past: keep", **saturday) == "2026-11-27T11:00"


def test_counting_from_a_closed_day_has_two_schools(due: Due) -> None:
    saturday = {"start": datetime(2026, 11, 28, 16, 0, tzinfo=UTC)}
    assert due("1 business day after start", **saturday) == "2026-11-30T11:00"
    assert due("1 business day after start", keys="from: roll", **saturday) == "2026-12-01T11:00"


def test_business_hours_that_are_used_up_at_a_close_land_there_or_on_the_next_opening(due: Due) -> None:
    assert due("6 business hours after start") == "2026-11-23T17:00"
    assert due("6 business hours after start", keys="land: open") == "2026-11-24T09:00"


@pytest.mark.parametrize(
    ("roll", "expected"),
    [
        ("following", "2027-02-01T11:00"),
        ("preceding", "2027-01-29T11:00"),
        ("modified_following", "2027-01-29T11:00"),
        ("nearest", "2027-02-01T11:00"),
    ],
)
def test_a_closed_date_is_rolled_by_its_convention(due: Due, roll: str, expected: str) -> None:
    assert due("on record.end at 11:00", {"end": "2027-01-31"}, keys=f"roll: {roll}") == expected


def test_window_any_lifts_hours_and_closed_days(due: Due) -> None:
    assert due("5 days after start at 22:00", keys="window: any") == "2026-11-28T22:00"
    assert due("5 days after start at 22:00", keys="window: any, roll: unadjusted") == "2026-11-28T22:00"
    assert due("5 days after start at 22:00", keys="window: any, roll: following") == "2026-11-30T22:00"


def test_a_window_narrows_the_hours(due: Due) -> None:
    assert due("1 business day after start at 09:00", keys='window: "11:00-15:00"') == "2026-11-24T11:00"
    assert due("1 business day after start at 16:00", keys='window: "11:00-15:00"') == "2026-11-24T15:00"


def test_a_window_by_weekday_leaves_the_other_days_closed(due: Due) -> None:
    keys = 'window: {mon-tue: "09:00-11:00"}'
    assert due("2 business days after start at 10:00", keys=keys) == "2026-11-30T09:00"


def test_without_a_calendar_nothing_is_closed_and_business_days_are_monday_to_friday(due: Due) -> None:
    saturday = {"start": datetime(2026, 11, 28, 16, 0, tzinfo=UTC), "head": ""}
    assert due("1 hour after start", **saturday) == "2026-11-28T12:00"
    assert due("1 day after start", **saturday) == "2026-11-29T11:00"
    assert due("1 business day after start", **saturday) == "2026-11-30T11:00"


def test_a_time_in_a_shift_that_began_the_day_before_belongs_to_that_day(due: Due) -> None:
    saturday_at_three = {"start": datetime(2026, 11, 28, 8, 0, tzinfo=UTC), "head": NIGHTS}
    assert due("0 days after start", **saturday_at_three) == "2026-11-28T03:00"
    assert due("1 business day after start", **saturday_at_three) == "2026-12-01T03:00"


def test_a_close_at_midnight_counts_as_the_minute_before(due: Due) -> None:
    late = 'calendar: {hours: {mon-fri: "12:00-24:00"}}'
    assert due("14 hours after start", head=late) == "2026-11-23T23:59"
    assert due("15 hours after start", head=late) == "2026-11-24T12:00"
    assert due("12 business hours after start", head=late) == "2026-11-23T23:59"
    assert due("1 day before record.end at 00:30", {"end": "2027-03-31"}, head=late) == "2027-03-29T23:59"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("compatible", "T03:30"), ("later", "T03:30"), ("earlier", "T01:30")],
)
def test_a_time_that_clocks_skip_is_read_by_the_policy(due: Due, policy: str, expected: str) -> None:
    found = due("on record.end at 02:30", {"end": "2027-03-14"}, head="", keys=f"clock_change: {policy}")
    assert found == f"2027-03-14{expected}"


def test_a_clock_change_is_explained(expand: Callable[..., object]) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: task, due: on record.end at 02:30}]"
    planned = expand(text, {"end": "2027-03-14"})
    lines = {line.rule: line.reason for line in planned.enrollment.activities[0].why}  # type: ignore[attr-defined]
    assert lines["clock-change"] == (
        "02:30 is skipped as clocks go forward: read as Sun 14 Mar 2027 03:30 (compatible)"
    )


def test_a_skipped_time_refuses_the_plan_where_asked(due: Due) -> None:
    with pytest.raises(PlanError) as caught:
        due("on record.end at 02:30", {"end": "2027-03-14"}, head="", keys="clock_change: fail")
    assert str(caught.value) == (
        "step 'one': '02:30' is skipped on 2027-03-14 in zone 'America/New_York'; "
        "choose clock_change: compatible, earlier or later"
    )


def test_a_slot_is_inside_itself_and_the_window(due: Due) -> None:
    found = due("1 business day after start at 11:30-13:30")
    assert "2026-11-24T11:30" <= found < "2026-11-24T12:00" or "2026-11-24T13:00" <= found < "2026-11-24T13:30"


def test_a_closed_slot_moves_as_a_time_would(due: Due) -> None:
    assert due("1 business day after start at 18:00-20:00") == "2026-11-24T17:00"
    assert due("1 business day after start at 06:00-08:00") == "2026-11-24T09:00"


def test_a_step_counts_from_the_final_due_of_another(dues: Callable[..., dict[str, str]]) -> None:
    found = dues("""
- {id: last, activity: task, due: 1 business day after first}
- {id: first, activity: call, due: 3 days after start}
""")
    assert found == {"first": "2026-11-27T10:00", "last": "2026-11-30T10:00"}


def test_an_anchor_on_a_repeated_step_is_its_last_occurrence(dues: Callable[..., dict[str, str]]) -> None:
    found = dues("""
- {id: review, activity: call, due: 1 week after start, repeat: {every: 1 week, times: 3}}
- {id: end, activity: task, due: 1 business day after review}
""")
    assert found["review.3"] == "2026-12-14T10:00"
    assert found["end"] == "2026-12-15T10:00"


def test_outside_warn_leaves_the_due_and_says_so(expand: Callable[..., object]) -> None:
    text = f"sequence: demo\n{WIDE}\nsteps: [{{id: one, activity: task, due: 5 days after start, outside: warn}}]"
    planned = expand(text)
    assert planned.enrollment.activities[0].local == "2026-11-28T10:00:00-05:00[America/New_York]"  # type: ignore[attr-defined]
    assert [str(f) for f in planned.findings if f.code == "outside-window"] == [  # type: ignore[attr-defined]
        "<text>:3:9: warning[outside-window] step 'one': Sat 28 Nov 2026 is closed; outside: shift would move it"
    ]


def test_outside_fail_refuses_the_plan(due: Due) -> None:
    with pytest.raises(PlanError) as caught:
        due("1 business day after start at 20:00", keys="outside: fail")
    assert str(caught.value) == (
        "step 'one': due Tue 24 Nov 2026 20:00 is outside the window; move the due, or let it be moved: outside: shift"
    )


def test_roll_fail_and_roll_skip(due: Due, expand: Callable[..., object]) -> None:
    with pytest.raises(PlanError) as caught:
        due("3 days after start", keys="roll: fail")
    assert str(caught.value) == (
        "step 'one': Thu 26 Nov 2026 is Thanksgiving Day (US): closed; choose another due, or roll: following"
    )
    text = f"sequence: demo\n{WIDE}\nsteps: [{{id: one, activity: task, due: 5 days after start, roll: skip}}]"
    activity = expand(text).enrollment.activities[0]  # type: ignore[attr-defined]
    assert (activity.action, activity.reason) == ("skip", "Sat 28 Nov 2026 is closed")


def test_each_move_is_a_line_in_plain_words(expand: Callable[..., object]) -> None:
    calendar = "calendar: {hours: {mon-fri: 09:00-17:00}, holidays: [US]}"
    text = f"sequence: demo\n{calendar}\nsteps: [{{id: one, activity: task, due: 3 days after start at 19:00}}]"
    activity = expand(text).enrollment.activities[0]  # type: ignore[attr-defined]
    assert [(line.rule, line.taken, line.given, line.reason) for line in activity.why] == [
        ("calendar", None, None, "inline, in America/New_York (record.timezone)"),
        ("anchor", None, "2026-11-23T10:00:00-05:00[America/New_York]", "start"),
        ("offset", "2026-11-23", "2026-11-26", "3 days after start at 19:00"),
        (
            "roll",
            "2026-11-26",
            "2026-11-27",
            "Thu 26 Nov 2026 is Thanksgiving Day (US): closed, moved to Fri 27 Nov 2026",
        ),
        ("time", "2026-11-27", "2026-11-27T19:00:00-05:00[America/New_York]", "at 19:00"),
        (
            "window",
            "2026-11-27T19:00:00-05:00[America/New_York]",
            "2026-11-27T17:00:00-05:00[America/New_York]",
            "outside the window, moved to the close before: Fri 27 Nov 2026 17:00",
        ),
    ]


def test_a_bare_date_without_an_opening_takes_the_nearest_in_its_direction(due: Due) -> None:
    keys = 'window: {mon-tue: "10:00-12:00"}'
    assert due("on record.end", {"end": "2027-04-01"}, keys=keys) == "2027-04-05T10:00"
    assert due("1 day before record.end", {"end": "2027-04-02"}, keys=keys) == "2027-03-30T12:00"


def test_a_slot_that_clocks_skip_moves_as_a_time_would(due: Due) -> None:
    assert due("on record.end at 02:15-02:45", {"end": "2027-03-14"}, head="") < "2027-03-14T03:45"
    assert due("on record.end at 02:15-02:45", {"end": "2027-03-14"}, head="") >= "2027-03-14T03:15"


def test_business_hours_of_a_sequence_built_without_a_calendar_are_an_error() -> None:
    text = f"sequence: demo\n{WIDE}\ntimezone: UTC\nsteps: [{{id: one, activity: task, due: 2 bh after start}}]"
    with pytest.raises(PlanError) as caught:
        plan_record(replace(parse_sequence(text), calendar=None), Record("r-1"), now=datetime(2026, 11, 23, tzinfo=UTC))
    assert str(caught.value) == (
        "step 'one': '2 bh after start' counts business hours and there is no calendar; "
        "add calendar: to the sequence, or count hours"
    )


def test_a_window_that_never_meets_the_calendar_is_an_error(due: Due) -> None:
    with pytest.raises(PlanError, match="has no opening within") as caught:
        due(
            "2 hours after start",
            keys="clocks: [record]",
            head="calendar: {hours: {mon: 09:00-10:00}, closed: [2026-01-01..2060-01-01]}",
        )
    assert [finding.code for finding in caught.value.findings] == ["never-open"]


def test_a_bound_may_be_a_weekday_a_slot_s_end_or_elapsed_time(due: Due) -> None:
    assert due("1 day after start", keys="not_before: friday after start at 11:00") == "2026-11-27T11:00"
    assert due("1 day after start at 15:00", keys="not_after: 1 day after start at 11:00-14:00") == "2026-11-24T14:00"
    assert due("1 day after start", keys="not_before: 30 hours after start") == "2026-11-24T16:00"
    assert (
        due("1 day after start", {"end": "2026-11-25"}, keys="not_before: 10 hours after record.end")
        == "2026-11-25T10:00"
    )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [("", "2027-01-31T10:00"), ("calendar: {hours: {mon-fri: 09:00-17:00}}", "2027-01-29T10:00")],
)
def test_a_month_ends_on_its_last_day_where_no_calendar_closes_it(keys: str, expected: str) -> None:
    text = f"sequence: demo\ntimezone: UTC\n{keys}\nsteps: [{{id: one, activity: task, due: 2 months after start, eom: true}}]"
    found = plan_record(parse_sequence(text), Record("r-1"), now=datetime(2026, 11, 30, 10, tzinfo=UTC))
    assert str(found.enrollment.activities[0].local)[:16] == expected  # the 31st is a Sunday

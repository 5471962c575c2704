"""Quiet hours, dates, caps, gaps, bounds and dues in the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cadence.errors import PlanError
from cadence.model.sequence import PerDayRule, Rules

if TYPE_CHECKING:
    from cadence.model.people import Directory
    from cadence.planning.record import Planned

Due = Callable[..., str]
Dues = Callable[..., dict[str, str]]
Expand = Callable[..., "Planned"]

ALL_HOURS = 'calendar: {hours: {mon-fri: "00:00-24:00"}}'
THREE = """
- {id: a, activity: call, due: 1 hour after start}
- {id: b, activity: call, due: 2 hours after start}
- {id: c, activity: call, due: 3 hours after start}
"""


def test_a_due_in_quiet_hours_moves_to_their_end(due: Due) -> None:
    head = f"{ALL_HOURS}\nrules: {{quiet_hours: '20:00-08:00'}}"
    assert due("1 day after start at 21:00", head=head) == "2026-11-25T08:00"
    assert due("1 day after start at 03:00", head=head) == "2026-11-24T08:00"
    assert due("1 day after start at 20:00", head=head) == "2026-11-24T20:00"


def test_before_an_anchor_quiet_hours_move_to_their_beginning(due: Due) -> None:
    head = f"{ALL_HOURS}\nrules: {{quiet_hours: '20:00-08:00'}}"
    assert due("1 day before record.end at 03:00", {"end": "2027-03-31"}, head=head) == "2027-03-29T20:00"


def test_nothing_is_due_on_the_dates_named(due: Due) -> None:
    head = f"{ALL_HOURS}\nrules: {{not_on: [2026-11-24..2026-11-27]}}"
    assert due("1 day after start at 11:00", head=head) == "2026-11-30T11:00"
    assert due("1 day before record.end at 11:00", {"end": "2026-11-26"}, head=head) == "2026-11-23T11:00"


def test_a_cap_per_day_moves_what_is_too_much_to_the_next_day(dues: Dues) -> None:
    assert dues(THREE, head=f"{ALL_HOURS}\nrules: {{max_per_day: 2}}") == {
        "a": "2026-11-23T11:00",
        "b": "2026-11-23T12:00",
        "c": "2026-11-24T13:00",
    }


def test_a_gap_in_hours_is_between_times(dues: Dues) -> None:
    assert dues(THREE, head=f"{ALL_HOURS}\nrules: {{min_gap: 4 hours}}") == {
        "a": "2026-11-23T11:00",
        "b": "2026-11-23T15:00",
        "c": "2026-11-23T19:00",
    }


def test_a_gap_in_days_is_between_dates(dues: Dues) -> None:
    assert dues(THREE, head=f"{ALL_HOURS}\nrules: {{min_gap: 2 days}}") == {
        "a": "2026-11-23T11:00",
        "b": "2026-11-25T12:00",
        "c": "2026-11-27T13:00",
    }


def test_a_gap_in_business_days_skips_closed_days(dues: Dues) -> None:
    found = dues(THREE, head=f"{ALL_HOURS}\nrules: {{min_gap: 3 business days}}")
    assert found == {"a": "2026-11-23T11:00", "b": "2026-11-26T12:00", "c": "2026-12-01T13:00"}


def test_a_step_computed_later_keeps_its_distance_from_one_that_is_due_later(dues: Dues) -> None:
    steps = """
- {id: b, activity: call, due: 5 hours after start}
- {id: a, activity: call, due: 4 hours after start}
"""
    assert dues(steps, head=f"{ALL_HOURS}\nrules: {{min_gap: 2 hours}}") == {
        "b": "2026-11-23T15:00",
        "a": "2026-11-23T17:00",
    }


def test_rules_are_repeated_until_nothing_moves(dues: Dues) -> None:
    head = f"{ALL_HOURS}\nrules: {{max_per_day: 1, not_on: [2026-11-24], quiet_hours: '12:30-14:00'}}"
    assert dues(THREE, head=head) == {
        "a": "2026-11-23T11:00",
        "b": "2026-11-25T12:00",
        "c": "2026-11-26T14:00",
    }


def test_the_rules_of_project_and_sequence_both_apply(dues: Dues) -> None:
    rules = Rules(max_per_day=PerDayRule(1))
    assert dues(THREE, head=f"{ALL_HOURS}\nrules: {{max_per_day: 2}}", rules=rules) == {
        "a": "2026-11-23T11:00",
        "b": "2026-11-24T12:00",
        "c": "2026-11-25T13:00",
    }


def test_a_cap_per_assignee_counts_over_records(expand: Expand, team: Directory) -> None:
    head = f"{ALL_HOURS}\nassign: {{employee: ada@example.com}}\nrules: {{max_per_day: {{count: 2, per: assignee}}}}"
    text = f"sequence: demo\n{head}\nsteps:{THREE}"
    found = expand(text, directory=team).enrollment.activities
    assert [str(each.local)[:10] for each in found] == ["2026-11-23", "2026-11-23", "2026-11-24"]


def test_a_rule_may_only_warn(expand: Expand) -> None:
    text = f"sequence: demo\n{ALL_HOURS}\nrules: {{max_per_day: {{count: 2, then: warn}}}}\nsteps:{THREE}"
    planned = expand(text)
    assert [str(each.local)[:16] for each in planned.enrollment.activities][2] == "2026-11-23T13:00"
    assert [str(finding) for finding in planned.findings] == [
        "<text>:7:3: warning[max-per-day] step 'c': the record has 2 on Mon 23 Nov 2026 already, at most 2 a day"
    ]


def test_a_rule_may_refuse_the_plan(dues: Dues) -> None:
    with pytest.raises(PlanError) as caught:
        dues(THREE, head=f"{ALL_HOURS}\nrules: {{max_per_day: {{count: 2, then: fail}}}}")
    assert str(caught.value) == (
        "step 'c': the record has 2 on Mon 23 Nov 2026 already, at most 2 a day; "
        "move the due, or let max-per-day shift it"
    )


def test_rules_that_leave_no_time_are_an_error(due: Due) -> None:
    with pytest.raises(PlanError) as caught:
        due("1 day after start", head=f"{ALL_HOURS}\nrules: {{not_on: [2026-01-01..2036-01-01]}}")
    assert str(caught.value) == (
        "step 'one': no time within three years of Tue 24 Nov 2026 10:00 obeys the rules, not-on always bites; "
        "loosen the rules or the window"
    )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("not_before: 3 business days after start at 11:00", "2026-11-27T11:00"),
        ("not_before: record.end", "2026-12-07T09:00"),  # a Saturday: inwards is Monday's opening
        ("not_after: record.early", "2026-11-23T17:00"),  # the whole day counts
        ("not_after: 2 hours after start", "2026-11-23T12:00"),
    ],
)
def test_a_due_beyond_a_bound_moves_to_it_and_inwards(due: Due, keys: str, expected: str) -> None:
    assert due("1 business day after start", {"end": "2026-12-05", "early": "2026-11-23"}, keys=keys) == expected


def test_a_bound_that_leaves_nothing_is_an_error(due: Due) -> None:
    with pytest.raises(PlanError) as caught:
        due("1 day after start", {"end": "2026-11-28"}, keys="not_before: record.end, not_after: record.end")
    assert str(caught.value) == (
        "step 'one': no time is left not before Sat 28 Nov 2026 00:00 and not after Sat 28 Nov 2026 23:59:59; "
        "widen the bounds, the window or the rules"
    )


def test_a_due_in_the_past_is_refused_by_default(due: Due) -> None:
    with pytest.raises(PlanError) as caught:
        due("30 days before record.end", {"end": "2026-12-01"})
    assert str(caught.value) == (
        "step 'one': due Fri 30 Oct 2026 09:00 lies in the past; "
        "start later with --start, or say what then: if_past: skip, now or keep"
    )


def test_a_due_in_the_past_is_kept_brought_forward_or_skipped(due: Due, expand: Expand) -> None:
    fields = {"end": "2026-12-01"}
    saturday = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
    assert due("30 days before record.end", fields, keys="if_past: keep") == "2026-10-30T09:00"
    assert due("30 days before record.end", fields, keys="if_past: now") == "2026-11-23T10:00"
    assert due("30 days before record.end", fields, keys="if_past: now", now=saturday) == "2026-11-30T09:00"
    steps = "steps: [{id: one, activity: task, due: 30 days before record.end, if_past: skip}]"
    activity = expand(f"sequence: demo\n{ALL_HOURS}\n{steps}", fields).enrollment.activities[0]
    assert (activity.action, activity.reason) == ("skip", "due Fri 30 Oct 2026 00:00 lies in the past")


def test_now_does_not_pass_a_bound(due: Due) -> None:
    with pytest.raises(PlanError, match="no time is left not before Mon 23 Nov 2026 10:00 and not after"):
        due("30 days before record.end", {"end": "2026-11-20"}, keys="if_past: now, not_after: record.end")

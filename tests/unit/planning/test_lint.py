"""What deserves a look in a plan that can be made, and the order of submission."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence.planning.record import Planned

Expand = Callable[..., "Planned"]

HEAD = "sequence: demo\ncalendar: {hours: {mon-fri: 09:00-17:00}}\n"


def messages(planned: Planned) -> list[str]:
    return [str(finding) for finding in planned.findings]


def test_two_steps_due_at_once_are_warned_of(expand: Expand) -> None:
    text = (
        HEAD
        + """steps:
  - {id: one, activity: call, due: 4 days after start at 10:00}
  - {id: two, activity: call, due: 5 days after start at 10:00}
  - {id: three, activity: call, due: 6 days after start at 10:00}
"""
    )
    assert messages(expand(text)) == [
        (
            "<text>:6:5: warning[collapsed-steps] step 'two' and step 'three' are both due Mon 30 Nov 2026 10:00; "
            "give one another time with at"
        )
    ]


def test_steps_out_of_their_order_are_warned_of(expand: Expand) -> None:
    text = (
        HEAD
        + """steps:
  - {id: one, activity: call, due: 4 days after start at 10:00}
  - {id: two, activity: call, due: 1 day after start at 10:00}
"""
    )
    planned = expand(text)
    assert [activity.step for activity in planned.enrollment.activities] == ["two", "one"]
    assert messages(planned) == [
        (
            "<text>:5:5: warning[reordered-steps] step 'two' is due before step 'one', which stands above it in the file; "
            "check its offset"
        )
    ]


def test_a_due_that_lands_on_a_close_for_want_of_a_time_is_warned_of(expand: Expand) -> None:
    text = HEAD + "steps: [{id: one, activity: call, due: 1 day after record.at}]"
    planned = expand(text, {"at": "2026-11-24T18:30"})
    assert messages(planned) == [
        (
            "<text>:3:9: warning[lands-on-close] step 'one' is due at a close, Wed 25 Nov 2026 17:00, for want of a time; "
            "say when, as in 'at 10:00'"
        )
    ]
    assert messages(expand(text, {"at": "2026-11-24T17:00"})) == []


def test_activities_of_one_instant_stand_in_file_order(expand: Expand) -> None:
    text = (
        HEAD
        + """steps:
  - {id: b, activity: call, due: 1 hour after start}
  - {id: a, activity: call, due: 1 hour after start}
"""
    )
    assert [activity.step for activity in expand(text).enrollment.activities] == ["b", "a"]

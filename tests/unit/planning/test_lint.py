"""What deserves a look in a plan that can be made, and the order of submission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cadence.model.people import Record
from cadence.planning.outlook import lint_sequence
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.model.people import Directory
    from cadence.planning.record import Planned

Expand = Callable[..., "Planned"]

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
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


def plan_messages(text: str, records: int = 1, **options: Any) -> list[str]:
    made = make_plan(parse_sequence(text), [Record(f"r-{n}", {"timezone": "UTC"}) for n in range(records)], **options)
    return [str(finding) for finding in made.findings]


def test_a_step_without_an_assignee_is_warned_of_once_for_all_records() -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: call, due: 1 day after start}]"
    assert plan_messages(text, records=3, now=NOW) == [
        (
            "<text>:2:9: warning[no-assign] step 'one' is assigned to nobody, so no employee is sent; "
            "add 'assign: {owner: true}' to it, or to the sequence"
        )
    ]


@pytest.mark.parametrize(
    ("head", "keys", "expected"),
    [
        ("", "if: 1 > 2", "step 'one' is never reached, its condition never holds: 1 > 2"),
        ("", 'if: "false"', "step 'one' is never reached, its condition never holds: false"),
        ("variants: {a: 0, b: 1}\n", "variant: a", "step 'one' is never reached, its variant 'a' has weight 0"),
        ('exit_when: ["1 < 2"]\n', "title: One", "no step is reached, '1 < 2' in exit_when always holds"),
        ("", "if: 1 < 2", None),
        ("", "if: record.seats > 2", None),
        ("", "if: today() > start", None),
        ('exit_when: ["1 > 2"]\n', "title: One", None),
    ],
)
def test_a_step_that_no_record_reaches_is_warned_of(head: str, keys: str, expected: str | None) -> None:
    text = f"sequence: demo\n{head}steps: [{{id: one, activity: call, due: 1 day after start, {keys}}}]"
    found = [f.message for f in lint_sequence(parse_sequence(text)) if f.code == "unreachable-step"]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "assign: {round_robin: everybody, else: {least_loaded: everybody}}",
            (
                "<text>:2:9: note[load-not-counted] least_loaded counts the activities of this plan, not what the account "
                "holds already; round_robin goes on from plan to plan"
            ),
        ),
        (
            "assign: {round_robin: everybody}\nrules: {max_per_day: {count: 3, per: assignee}}",
            (
                "note[load-not-counted] max_per_day per assignee counts the activities of this plan, not what the account "
                "holds already; leave room for those, or plan all records at once"
            ),
        ),
        ("assign: {round_robin: everybody}\nrules: {max_per_day: 3}", None),
    ],
)
def test_what_the_account_holds_already_is_not_counted_and_that_is_said(
    head: str, expected: str | None, team: Directory
) -> None:
    text = f"sequence: demo\n{head}\nsteps: [{{id: one, activity: call, due: 1 day after start}}]"
    assert plan_messages(text, now=NOW, directory=team) == ([] if expected is None else [expected])


@pytest.mark.parametrize("rules", ["", "rules: {not_on: [1999-12-31]}\n"])
def test_a_day_with_more_than_forty_activities_for_one_person_is_warned_of(rules: str, team: Directory) -> None:
    text = f"sequence: demo\nassign: {{employee: Ada Byron}}\n{rules}steps:\n" + "".join(
        f"  - {{id: s{day}, activity: call, due: {day} days after start}}\n" for day in (1, 2)
    )
    assert plan_messages(text, records=40, now=NOW, directory=team) == []
    assert plan_messages(text, records=41, now=NOW, directory=team) == [
        (
            "warning[heavy-day] Ada Byron gets 41 activities on Tue 24 Nov 2026, and more than 40 on 1 other day; "
            "spread them over days or people, as with max_per_day per assignee"
        )
    ]


def test_a_role_has_no_full_day(team: Directory) -> None:
    text = "sequence: demo\nassign: {role: Sales}\nsteps: [{id: one, activity: call, due: 1 day after start}]"
    assert plan_messages(text, records=50, now=NOW, directory=team) == []

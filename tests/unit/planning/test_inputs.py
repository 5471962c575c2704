"""Zones, params, conditions, variants and notes: what a record brings and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cadence.errors import PlanError
from cadence.model.people import Directory, Record
from cadence.planning.record import plan_record
from cadence.planning.zones import zone_name_of
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.planning.record import Planned

Expand = Callable[..., "Planned"]
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

ONE = "steps: [{id: one, activity: task, due: 1 day after start}]"


def refusal(expand: Expand, text: str, fields: dict[str, Any] | None = None, **options: Any) -> str:
    with pytest.raises(PlanError) as caught:
        expand(text, fields, **options)
    return str(caught.value)


def test_the_first_zone_that_resolves_wins(expand: Expand, team: Directory) -> None:
    text = f"sequence: demo\n{ONE}"
    assert expand(text, {"timezone": "Asia/Kolkata"}, directory=team).enrollment.zone == "Asia/Kolkata"
    assert expand(text, {"timezone": ""}, directory=team).enrollment.zone == "America/Chicago"
    assert expand(f"sequence: demo\ntimezone: Europe/Paris\n{ONE}").enrollment.zone == "Europe/Paris"


def test_a_zone_that_does_not_exist_is_passed_over_with_a_warning(expand: Expand, team: Directory) -> None:
    planned = expand(f"sequence: demo\n{ONE}", {"timezone": "Europe/Pari"}, directory=team)
    assert planned.enrollment.zone == "America/Chicago"
    assert [str(f) for f in planned.findings if f.code == "unknown-zone"] == [
        (
            "warning[unknown-zone] record.timezone 'Europe/Pari' is no time zone, the next one is used; "
            "did you mean 'Europe/Paris'?"
        )
    ]


def test_a_record_without_any_zone_is_an_error(expand: Expand) -> None:
    assert refusal(expand, f"sequence: demo\n{ONE}", {"timezone": None}) == (
        "sequence 'demo': no time zone resolves for the record 'r-1' "
        "(tried record.timezone, assignee.timezone, business.timezone); give --field timezone=Europe/Paris"
    )


def test_the_zone_of_local_times_is_none_where_none_resolves() -> None:
    sequence = parse_sequence(f"sequence: demo\n{ONE}")
    assert zone_name_of(sequence, Record("r-1"), directory=Directory()) is None
    assert zone_name_of(sequence, Record("r-1", {"timezone": "Asia/Tokyo"}), directory=Directory()) == "Asia/Tokyo"


def test_a_missing_anchor_names_the_field_and_what_was_meant(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: task, due: 1 day before record.contract_end}]"
    assert refusal(expand, text, {"contract_ends": "2027-03-31"}) == (
        "step 'one': the record 'r-1' has no field 'contract_end', expected a date to count from; "
        "did you mean 'contract_ends'? otherwise give it with --field contract_end=2027-03-31"
    )
    assert refusal(expand, text, {"contract_end": None}) == (
        "step 'one': the record 'r-1' has nothing in 'contract_end', expected a date to count from; "
        "give it with --field contract_end=2027-03-31"
    )
    assert refusal(expand, text, {"contract_end": "soon"}) == (
        "step 'one': the field 'contract_end' is 'soon', expected a date or a date and time; "
        "give it as --field contract_end=2027-03-31"
    )


def test_everything_in_the_way_comes_at_once(expand: Expand) -> None:
    text = """
sequence: demo
steps:
  - {id: a, activity: task, due: 1 day before record.x}
  - {id: b, activity: task, due: 1 day after a}
  - {id: c, activity: task, due: 1 day before record.y}
"""
    with pytest.raises(PlanError) as caught:
        expand(text)
    assert [(f.code, f.place and f.place.line) for f in caught.value.findings] == [
        ("missing-field", 4),
        ("missing-field", 6),
    ]
    assert caught.value.message.splitlines()[0] == "'demo' cannot be planned for 'r-1', 2 problems:"


def test_what_is_nested_without_end_is_named(expand: Expand) -> None:
    deep: list[Any] = []
    deep.append(deep)
    assert refusal(expand, f"sequence: demo\n{ONE}", {"timezone": "UTC", "tags": deep}) == (
        "record 'r-1': field 'tags' is nested deeper than 40 levels; keep it flat, or leave it out"
    )
    with pytest.raises(PlanError) as caught:
        expand(f"sequence: demo\n{ONE}", {"tags": {"of": deep}}, params={"csm": deep})
    assert [finding.message for finding in caught.value.findings] == [
        "record 'r-1': field 'tags' is nested deeper than 40 levels",
        "record 'r-1': param 'csm' is nested deeper than 40 levels",
    ]


PARAMS = """
sequence: demo
params:
  seats: {type: number, default: 5}
  kind: {choices: [big, small], default: big}
  on: {type: date, required: true}
  rush: boolean
steps: [{id: one, activity: task, due: on param.on}]
"""


def test_params_become_what_their_type_says(expand: Expand) -> None:
    planned = expand(PARAMS, params={"on": "2027-03-31", "rush": "yes", "seats": "2.5"})
    assert planned.enrollment.params == {"seats": 2.5, "kind": "big", "on": "2027-03-31", "rush": True}
    assert planned.enrollment.activities[0].local == "2027-03-31T00:00:00-04:00[America/New_York]"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "sequence 'demo': param 'on' is required, expected a date; give it with --param on=2027-03-31"),
        ({"on": "soon"}, "sequence 'demo': param 'on' is 'soon', expected a date; for example 2027-03-31"),
        (
            {"on": "2027-03-31", "kind": "bigg"},
            "sequence 'demo': param 'kind' is 'bigg', expected one of big, small; did you mean 'big'?",
        ),
        (
            {"on": "2027-03-31", "seats": "many"},
            "sequence 'demo': param 'seats' is 'many', expected a number; for example 20",
        ),
        (
            {"on": "2027-03-31", "rush": "perhaps"},
            "sequence 'demo': param 'rush' is 'perhaps', expected a boolean; for example true",
        ),
        ({"on": "2027-03-31", "seat": "3"}, "sequence 'demo': unknown param 'seat'; did you mean 'seats'?"),
    ],
)
def test_a_param_that_cannot_be_used(expand: Expand, params: dict[str, Any], message: str) -> None:
    assert refusal(expand, PARAMS, params=params) == message


def test_a_condition_that_does_not_hold_skips_the_step(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: task, due: 1 day after start, if: record.seats >= 20}]"
    activity = expand(text, {"seats": 5}).enrollment.activities[0]
    assert (activity.action, activity.reason, activity.body) == (
        "skip",
        "its condition does not hold: record.seats >= 20",
        None,
    )
    assert expand(text, {"seats": "25"}).enrollment.activities[0].action == "create"


def test_a_condition_on_a_field_that_is_missing_is_an_error(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: task, due: 1 day after start, if: record.seats >= 20}]"
    assert refusal(expand, text).startswith("step 'one': there is no record.seats; ")


def test_a_skipped_step_still_supplies_its_due(expand: Expand) -> None:
    text = """
sequence: demo
steps:
  - {id: one, activity: task, due: 1 day after start at 10:00, if: record.seats > 5}
  - {id: two, activity: task, due: 1 day after one}
  - {id: three, activity: task, due: 1 day after completion of one}
"""
    skipped, two, three = expand(text, {"seats": 1}).enrollment.activities
    assert skipped.action == "skip"
    assert (two.action, two.local) == ("create", "2026-11-25T10:00:00-05:00[America/New_York]")
    assert (three.action, three.local) == ("create", "2026-11-25T10:00:00-05:00[America/New_York]")


def test_a_skipped_step_needs_no_anchor(expand: Expand) -> None:
    text = """
sequence: demo
steps:
  - {id: one, activity: task, due: 1 day before record.end, if: record.seats > 5}
  - {id: two, activity: task, due: 1 day after one, if: record.seats > 5}
"""
    planned = expand(text, {"seats": 1})
    assert [(a.action, a.due_at) for a in planned.enrollment.activities] == [("skip", None), ("skip", None)]


def test_what_waits_for_a_completion_is_an_estimate(expand: Expand) -> None:
    text = """
sequence: demo
steps:
  - {id: one, activity: task, due: 1 day after start at 10:00}
  - {id: two, activity: task, due: 1 day after completion of one}
  - {id: three, activity: task, due: 1 day after two}
  - {id: four, activity: task, due: 4 days after start, if: completed("one")}
"""
    activities = expand(text).enrollment.activities
    assert [(a.step, a.action, a.body is None, a.reason) for a in activities] == [
        ("one", "create", False, None),
        ("two", "estimate", True, "waits for the completion of one"),
        ("three", "estimate", True, "waits for the completion of one"),
        ("four", "estimate", True, 'whether completed("one") is known with the completion of one'),
    ]


def test_variants_split_records_by_a_stable_hash() -> None:
    text = """
sequence: demo
timezone: UTC
variants: {a: 1, b: 3}
steps:
  - {id: one, activity: task, due: 1 day after start, variant: a}
  - {id: two, activity: task, due: 1 day after start, variant: b}
"""
    sequence = parse_sequence(text)
    plans = [plan_record(sequence, Record(f"r-{n}"), now=NOW).enrollment for n in range(200)]
    share = sum(plan.variant == "b" for plan in plans) / len(plans)
    assert 0.65 < share < 0.85
    for plan in plans:
        live = [activity.step for activity in plan.activities if activity.action == "create"]
        assert live == ["one" if plan.variant == "a" else "two"]
    again = plan_record(sequence, Record("r-7"), now=NOW).enrollment
    assert again.variant == plans[7].variant


def test_a_note_is_rendered_and_ends_with_the_marker(expand: Expand, team: Directory) -> None:
    text = """
sequence: demo
steps:
  - id: one
    activity: task
    due: 1 day after start at 10:00
    assign: {employee: ada@example.com}
    note: "Welcome {{ record.first_name }}, {{ assignee.first_name }} calls on {{ step.due | date('%d.%m.') }}"
"""
    activity = expand(text, {"first_name": "Zoë <b>"}, directory=team).enrollment.activities[0]
    assert activity.body is not None
    assert activity.body["note"] == f"Welcome Zoë &lt;b&gt;, Ada calls on 24.11.\n{activity.marker}"
    assert activity.marker.startswith("[cadence ")
    unmarked = expand(text, {"first_name": "Zoë"}, directory=team, marked=False).enrollment.activities[0]
    assert unmarked.body is not None
    assert unmarked.body["note"] == "Welcome Zoë, Ada calls on 24.11."


def test_a_note_with_a_missing_variable_is_an_error(expand: Expand) -> None:
    text = (
        'sequence: demo\nsteps: [{id: one, activity: task, due: 1 day after start, note: "Hi {{ record.frist_name }}"}]'
    )
    assert refusal(expand, text, {"first_name": "Ada"}) == (
        "step 'one': there is no record.frist_name; did you mean 'first_name'?"
    )


PEOPLE = """
sequence: demo
params:
  csm: {type: employee}
  desk: {type: role}
  at: {type: datetime}
  word: {}
steps:
  - {id: one, activity: task, due: on param.at, assign: {param: csm}, note: "{{ param.csm.name }} of {{ param.desk.name }}"}
"""


def test_people_roles_and_times_may_be_params(expand: Expand, team: Directory) -> None:
    given = {"csm": "bob@example.com", "desk": "support", "at": "2027-03-31T15:00", "word": 7}
    planned = expand(PEOPLE, params=given, directory=team)
    assert planned.enrollment.params == {
        "csm": "00000000-0000-0000-0000-00000000000b",
        "desk": "00000000-0000-0000-0000-0000000000f2",
        "at": "2027-03-31T15:00:00",
        "word": "7",
    }
    activity = planned.enrollment.activities[0]
    assert activity.body is not None
    assert activity.body["note"].splitlines()[0] == "Bob Ross of Support"
    assert activity.local == "2027-03-31T15:00:00-04:00[America/New_York]"


def test_dates_and_times_may_be_given_as_values(expand: Expand) -> None:
    text = PEOPLE.replace(", assign: {param: csm}", "").split(", note:")[0] + "}\n"
    moment = datetime(2027, 3, 31, 15, tzinfo=UTC)
    assert expand(text, params={"at": moment}).enrollment.params["at"] == "2027-03-31T15:00:00+00:00"
    params = expand(PARAMS, params={"on": moment.date(), "seats": 3}).enrollment.params
    assert (params["on"], params["seats"]) == ("2027-03-31", 3)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"csm": "rob@example.com"},
            (
                "sequence 'demo': param 'csm': unknown employee 'rob@example.com'; "
                "did you mean 'bob@example.com'? otherwise give it with --param csm=..."
            ),
        ),
        (
            {"desk": "Suport"},
            (
                "sequence 'demo': param 'desk': unknown role 'Suport'; "
                "did you mean 'Support'? otherwise give it with --param desk=..."
            ),
        ),
        (
            {"at": "noon"},
            "sequence 'demo': param 'at' is 'noon', expected a datetime; for example 2027-03-31T09:00",
        ),
        (
            {},
            (
                "step 'one': param 'csm' names nobody; give --param csm=<employee>, or write who gets it otherwise: "
                "assign: {..., else: ...}"
            ),
        ),
    ],
)
def test_people_and_times_that_are_not_known(
    expand: Expand, team: Directory, params: dict[str, Any], message: str
) -> None:
    assert refusal(expand, PEOPLE, params=params, directory=team) == message


def test_a_param_that_is_no_number_is_refused_by_value(expand: Expand) -> None:
    assert "expected a number" in refusal(expand, PARAMS, params={"on": "2027-03-31", "seats": "nan"})


def test_an_anchor_on_a_param_without_a_value_is_an_error(expand: Expand) -> None:
    text = PEOPLE.replace(", assign: {param: csm}", "").split(", note:")[0] + "}\n"
    assert refusal(expand, text) == (
        "step 'one': param 'at' has no value, expected a date; give it as --param at=2027-03-31"
    )


def test_what_hangs_on_a_skipped_step_without_a_due_is_an_error(expand: Expand) -> None:
    text = """
sequence: demo
steps:
  - {id: one, activity: task, due: 1 day before record.end, if: record.seats > 5}
  - {id: two, activity: task, due: 1 day after one}
"""
    assert refusal(expand, text, {"seats": 1}) == (
        "step 'two': counts from 'one', which is skipped and has no due; "
        "give this step the same condition, or another anchor"
    )


def test_a_condition_may_ask_about_the_assignee(expand: Expand, team: Directory) -> None:
    text = """
sequence: demo
steps:
  - {id: one, activity: task, due: 1 day after start, assign: {owner: true}, if: assignee.name == "Ada Byron"}
"""
    for owner, action in (("ada@example.com", "create"), ("bob@example.com", "skip")):
        assert expand(text, {"owner": owner}, directory=team).enrollment.activities[0].action == action


def test_a_field_may_have_a_dot_in_its_name(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: task, due: on record.deal.end}]"
    for fields in ({"deal.end": "2027-03-31"}, {"deal": {"end": "2027-03-31"}}):
        assert str(expand(text, fields).enrollment.activities[0].local)[:10] == "2027-03-31"

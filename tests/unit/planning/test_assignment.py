"""Who gets a step. Ada is in London, Bob in New York and away from 30 November to 4 December, Cyd has no zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cadence.errors import PlanError
from cadence.model.entry import History
from cadence.model.people import Business, Directory, Record, TargetIdentity, stable_id
from cadence.model.plan import Assignee
from cadence.planning.plan import make_plan
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.model.plan import Activity
    from cadence.planning.record import Planned

Expand = Callable[..., "Planned"]
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TARGET = TargetIdentity("crm", "https://crm.example", "b-1")


def text(assign: str, *, due: str = "1 day after start", keys: str = "", head: str = "") -> str:
    further = keys and f", {keys}"
    return f"sequence: demo\n{head}\nsteps: [{{id: one, activity: task, due: {due}, assign: {assign}{further}}}]"


def only(planned: Planned) -> Activity:
    return planned.enrollment.activities[0]


def name(planned: Planned) -> str | None:
    assignee = only(planned).assignee
    return assignee.name if assignee else None


@pytest.mark.parametrize(
    ("assign", "fields", "expected"),
    [
        ("{employee: ada@example.com}", {}, "Ada Byron"),
        ("{employee: bob ross}", {}, "Bob Ross"),
        ("{role: sales}", {}, "Sales"),
        ("{owner: true}", {"owner": "cyd@example.com"}, "Cyd Charisse"),
        ("{owner: true}", {"owner": {"id": "00000000-0000-0000-0000-00000000000a", "name": "A. B."}}, "Ada Byron"),
        ("{field: account.lead}", {"account": {"lead": "Bob Ross"}}, "Bob Ross"),
        ("{owner: true, else: {employee: cyd@example.com}}", {}, "Cyd Charisse"),
        ("{owner: true, else: {employee: cyd@example.com}}", {"owner": "gone@example.com"}, "Cyd Charisse"),
        ("{round_robin: [bob@example.com, ada@example.com]}", {}, "Bob Ross"),
        ("{round_robin: {role: Support}}", {}, "Bob Ross"),
        ("{least_loaded: everybody}", {}, "Ada Byron"),
    ],
)
def test_a_step_goes_to(expand: Expand, team: Directory, assign: str, fields: dict[str, Any], expected: str) -> None:
    planned = expand(text(assign), fields, directory=team)
    assert name(planned) == expected


def test_a_role_is_sent_as_a_role(expand: Expand, team: Directory) -> None:
    body = only(expand(text("{role: Sales}"), directory=team)).body
    assert body is not None
    assert body["role_id"] == "00000000-0000-0000-0000-0000000000f1"
    assert "employee_id" not in body


def test_without_assign_nobody_is_sent(expand: Expand, team: Directory) -> None:
    activity = only(
        expand("sequence: demo\nsteps: [{id: one, activity: task, due: 1 day after start}]", directory=team)
    )
    assert activity.assignee is None
    assert activity.body is not None
    assert not {"employee_id", "role_id"} & set(activity.body)


@pytest.mark.parametrize(
    ("assign", "message"),
    [
        (
            "{employee: adda@example.com}",
            "step 'one': unknown employee 'adda@example.com'; did you mean 'ada@example.com'?",
        ),
        ("{role: Sale}", "step 'one': unknown role 'Sale'; did you mean 'Sales'?"),
        (
            "{owner: true}",
            (
                "step 'one': the record 'r-1' names nobody in its field 'owner'; "
                "give --field owner=<employee>, or write who gets it otherwise: assign: {..., else: ...}"
            ),
        ),
        (
            "{round_robin: {role: Legal}}",
            "step 'one': nobody has the role 'Legal'; import the team with 'cadence team import'",
        ),
    ],
)
def test_nobody_is_an_error_with_the_way_out(expand: Expand, team: Directory, assign: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        expand(text(assign), directory=team)
    assert str(caught.value) == message


def test_a_name_that_two_share_is_not_guessed(expand: Expand, team: Directory) -> None:
    twin = replace(team.team[0], id="00000000-0000-0000-0000-00000000000d", email="ada2@example.com")
    with pytest.raises(PlanError) as caught:
        expand(text("{employee: Ada Byron}"), directory=replace(team, team=(*team.team, twin)))
    assert str(caught.value) == (
        "step 'one': 'Ada Byron' is the name of 2 employees; write one of ada2@example.com, ada@example.com"
    )


def test_of_an_account_without_a_team_an_id_stands_for_itself(expand: Expand) -> None:
    someone = "12345678-1234-1234-1234-123456789012"
    account = Directory(target=TARGET, business=Business("b-1", "Acme", "US"))
    assert only(expand(text(f"{{employee: {someone}}}"), directory=account)).assignee.id == someone  # type: ignore[union-attr]
    with pytest.raises(PlanError) as caught:
        expand(text("{employee: ada@example.com}"), directory=account)
    assert str(caught.value) == (
        "step 'one': unknown employee 'ada@example.com'; import the team with 'cadence team import', "
        "or name an employee by id"
    )
    with pytest.raises(PlanError, match=r"unknown role 'Sales'; name one of the account's roles"):
        expand(text("{role: Sales}"), directory=account)


@pytest.mark.parametrize("directory", [Directory(), Directory(target=TARGET)])
def test_where_nothing_was_read_any_reference_is_taken_as_the_embedded_service_would(
    expand: Expand, directory: Directory
) -> None:
    person = only(expand(text("{employee: ada@example.com}"), directory=directory)).assignee
    assert person == Assignee(stable_id("employee", "ada@example.com"), "ada@example.com")
    role = only(expand(text("{role: Sales}"), directory=directory)).assignee
    assert role == Assignee(stable_id("role", "Sales"), "Sales", is_role=True)


def test_round_robin_goes_on_from_record_to_record_and_from_plan_to_plan(team: Directory) -> None:
    sequence = parse_sequence(text("{round_robin: everybody}", head="timezone: UTC"))
    records = [Record(f"r-{number}") for number in range(4)]
    plan = make_plan(sequence, records, now=NOW, directory=team)
    assert [a.assignee.name for a in plan.activities if a.assignee] == [
        "Ada Byron",
        "Bob Ross",
        "Cyd Charisse",
        "Ada Byron",
    ]
    assert plan.cursors == {"demo/one": 4}
    again = make_plan(
        sequence, [Record("r-9")], now=NOW, directory=team, histories={"r-9": History(cursors=plan.cursors)}
    )
    assert [a.assignee.name for a in again.activities if a.assignee] == ["Bob Ross"]


def test_a_pool_of_the_whole_sequence_gives_one_person_per_record(team: Directory) -> None:
    steps = "[{id: a, activity: task, due: 1 day after start}, {id: b, activity: task, due: 2 days after start}]"
    sequence = parse_sequence(f"sequence: demo\ntimezone: UTC\nassign: {{round_robin: everybody}}\nsteps: {steps}")
    plan = make_plan(sequence, [Record("r-1"), Record("r-2")], now=NOW, directory=team)
    assert [a.assignee.name for a in plan.activities if a.assignee] == ["Ada Byron"] * 2 + ["Bob Ross"] * 2


def test_a_skipped_step_uses_up_no_turn(team: Directory) -> None:
    sequence = parse_sequence(text("{round_robin: everybody}", keys="if: record.big", head="timezone: UTC"))
    records = [Record("r-1", {"big": False}), Record("r-2", {"big": True})]
    plan = make_plan(sequence, records, now=NOW, directory=team)
    assert [a.assignee.name for a in plan.activities if a.action == "create" and a.assignee] == ["Ada Byron"]
    assert plan.cursors == {"demo/one": 1}


def test_least_loaded_evens_out(team: Directory) -> None:
    sequence = parse_sequence(text("{least_loaded: everybody}", head="timezone: UTC"))
    plan = make_plan(sequence, [Record(f"r-{number}") for number in range(6)], now=NOW, directory=team)
    names = [a.assignee.name for a in plan.activities if a.assignee]
    assert sorted(names) == ["Ada Byron"] * 2 + ["Bob Ross"] * 2 + ["Cyd Charisse"] * 2


def test_somebody_on_leave_at_the_due_is_covered(expand: Expand, team: Directory) -> None:
    assign = "{employee: bob@example.com, cover: {employee: cyd@example.com}}"
    covered = expand(text(assign, due="8 days after start"), directory=team)
    assert name(covered) == "Cyd Charisse"
    assert "Bob Ross is on leave 2026-11-30 to 2026-12-04: Cyd Charisse covers" in [w.reason for w in only(covered).why]
    assert name(expand(text(assign, due="2 days after start"), directory=team)) == "Bob Ross"


def test_somebody_on_leave_without_cover_is_warned_of(expand: Expand, team: Directory) -> None:
    planned = expand(text("{employee: bob@example.com}", due="8 days after start"), directory=team)
    assert [str(f) for f in planned.findings] == [
        (
            "<text>:3:9: warning[assignee-on-leave] step 'one': Bob Ross is on leave from 2026-11-30 to 2026-12-04; "
            "name somebody under cover, or add clocks: [record, assignee]"
        )
    ]


def test_two_clocks_fit_the_assignee_s_hours_and_leave(expand: Expand, team: Directory) -> None:
    head = "calendar: {hours: {mon-fri: 09:00-17:00}}"
    keys = "clocks: [record, assignee]"
    bob = "{employee: bob@example.com}"
    early = expand(text(bob, due="1 day after start at 09:30", keys=keys, head=head), directory=team)
    assert only(early).local == "2026-11-24T12:00:00-05:00[America/New_York]"
    away = expand(text(bob, due="8 days after start at 09:30", keys=keys, head=head), directory=team)
    assert only(away).local == "2026-12-07T12:00:00-05:00[America/New_York]"


def test_two_clocks_that_never_meet_are_an_error(expand: Expand, team: Directory) -> None:
    head = "calendar: {hours: {mon-fri: 06:00-08:00}}"
    with pytest.raises(PlanError) as caught:
        expand(text("{employee: bob@example.com}", keys="clocks: [record, assignee]", head=head), directory=team)
    assert [finding.code for finding in caught.value.findings] == ["never-open"]
    assert "together with" in str(caught.value)


def test_the_assignee_s_zone_may_be_the_step_s(expand: Expand, team: Directory) -> None:
    head = "timezone: [assignee.timezone, business.timezone]"
    ada = expand(text("{employee: ada@example.com}", due="1 day after start at 10:00", head=head), directory=team)
    assert only(ada).local == "2026-11-24T10:00:00+00:00[Europe/London]"
    cyd = expand(text("{employee: cyd@example.com}", due="1 day after start at 10:00", head=head), directory=team)
    assert only(cyd).local == "2026-11-24T10:00:00-06:00[America/Chicago]"

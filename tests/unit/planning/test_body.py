"""The literal request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cadence.errors import PlanError
from cadence.model.people import ActivityType, CrmObject, Directory, Record, stable_id
from cadence.planning.record import plan_record
from cadence.sequence.parse import parse_sequence

if TYPE_CHECKING:
    from cadence.planning.record import Planned

Expand = Callable[..., "Planned"]
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

FULL = """
sequence: demo
steps:
  - id: one
    activity: call
    due: 1 day after start at 10:00
    assign: {employee: ada@example.com}
    note: Ring them
    notify: [{before: 1 hour, type: email}, {before: 2 days}]
    mentions: [bob@example.com, ada@example.com, bob@example.com]
    notify_mentioned: true
    associate: [{object: companies, record: record.company.id}]
"""


def body(expand: Expand, text: str, fields: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    found = expand(text, fields, **options).enrollment.activities[0].body
    assert found is not None
    return dict(found)


def test_every_field_of_the_api_is_reached(expand: Expand, team: Directory) -> None:
    company = "11111111-1111-1111-1111-111111111111"
    found = body(expand, FULL, {"company": {"id": company}}, directory=team)
    marker = found["note"].splitlines()[-1]
    assert found == {
        "activity_object_name": "call",
        "due_datetime": "2026-11-24T15:00:00Z",
        "original_due_datetime": "2026-11-24T15:00:00Z",
        "employee_id": "00000000-0000-0000-0000-00000000000a",
        "note": f"Ring them\n{marker}",
        "mentions": ["00000000-0000-0000-0000-00000000000b", "00000000-0000-0000-0000-00000000000a"],
        "notify_mentioned": True,
        "notifications": [
            {"type": "email", "time_amount": 1, "time_unit": "hours"},
            {"type": "email", "time_amount": 2, "time_unit": "days"},
        ],
        "associated_entities": [
            {"custom_object": stable_id("object", "client_client"), "entity_id": Record("r-1").entity_id},
            {"custom_object": stable_id("object", "companies"), "entity_id": company},
        ],
    }


def test_the_target_s_own_ids_are_used(expand: Expand) -> None:
    contacts, calls = "22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"
    directory = Directory(
        objects=(CrmObject(contacts, "client_client"),), activity_types=(ActivityType(calls, "Phone call", "call"),)
    )
    text = "sequence: demo\nsteps: [{id: one, activity: Phone Call, due: 1 day after start}]"
    found = body(expand, text, directory=directory)
    assert found["activity_object_name"] == "call"
    assert found["associated_entities"] == [{"custom_object": contacts, "entity_id": Record("r-1").entity_id}]
    by_id = body(expand, text.replace("Phone Call", calls), directory=directory)
    assert by_id["activity_object_name"] == "call"
    assert body(expand, text.replace("Phone Call", calls))["activity_object_id"] == calls


def test_an_unknown_type_is_an_error_where_types_are_known(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: cal, due: 1 day after start}]"
    with pytest.raises(PlanError) as caught:
        expand(text, directory=Directory(activity_types=(ActivityType("t-1", "Call", "call"),)))
    assert str(caught.value) == "step 'one': the account has no activity type 'cal'; did you mean 'call'?"


def test_a_second_record_of_one_object_is_an_error(expand: Expand, team: Directory) -> None:
    text = FULL.replace("object: companies", "object: client_client")
    with pytest.raises(PlanError) as caught:
        expand(text, {"company": {"id": "x"}}, directory=team)
    assert str(caught.value) == (
        "step 'one': a second record of the object 'client_client' is associated; "
        "the CRM takes one record per object: associate another object"
    )


def test_a_record_to_associate_that_is_missing_is_an_error(expand: Expand, team: Directory) -> None:
    with pytest.raises(PlanError) as caught:
        expand(FULL, directory=team)
    assert str(caught.value) == (
        "step 'one': the record 'r-1' has no field 'company.id', expected the id of a record of 'companies'; "
        "known: timezone; otherwise give it with --field company.id=<record id>"
    )


def test_mentions_may_come_from_the_record(expand: Expand, team: Directory) -> None:
    text = FULL.replace("[bob@example.com, ada@example.com, bob@example.com]", "[record.owner]")
    fields = {"company": {"id": "c-1"}, "owner": {"email": "bob@example.com"}}
    assert body(expand, text, fields, directory=team)["mentions"] == ["00000000-0000-0000-0000-00000000000b"]


def test_without_a_note_only_the_marker_is_sent(expand: Expand) -> None:
    text = "sequence: demo\nsteps: [{id: one, activity: call, due: 1 day after start}]"
    activity = expand(text).enrollment.activities[0]
    assert activity.body is not None
    assert activity.body["note"] == activity.marker
    assert "note" not in body(expand, text, marked=False)


def test_a_marker_is_the_record_s_and_does_not_depend_on_its_fields() -> None:
    sequence = parse_sequence(
        "sequence: demo\ntimezone: UTC\nsteps: [{id: one, activity: call, due: 1 day after start}]"
    )
    records = (Record("r-1"), Record("r-1", {"email": "x"}), Record("r-2"))
    one, same, other = (plan_record(sequence, each, now=NOW).enrollment.activities[0].marker for each in records)
    assert one == same
    assert one != other

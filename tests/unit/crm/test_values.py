"""Answers become values, whatever the CRM wraps around them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from cadence.crm.scheduled import ScheduledActivity
from cadence.errors import TargetError
from cadence.model.people import Business, Employee, Record
from tests.unit.crm.scripted import client_of, ok, page

SCHEDULED = {
    "id": "s-1",
    "note": "Hello",
    "due_datetime": "2026-11-23T10:00:00-05:00",
    "original_due_datetime": "2026-11-20T15:00:00Z",
    "completed_at": None,
    "logged_activity_id": None,
    "activity_object": {"id": "t-1", "name": "Call", "api_name": "call"},
    "employee": {"id": "e-1", "display_name": "Bo"},
    "role": None,
    "associated_entities": [{"custom_object": "o-1", "entity_id": "r-1"}],
}
VALUE = ScheduledActivity(
    id="s-1",
    due_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    activity="call",
    activity_object_id="t-1",
    note="Hello",
    original_due_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
    employee_id="e-1",
    entities=(("o-1", "r-1"),),
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"employee": "e-1", "extra": 1},
        {"associated_entities": [{"custom_object": {"id": "o-1"}, "entity": {"id": "r-1"}}]},
        {"associated_entities": [{"custom_object_id": "o-1", "entity_id": "r-1", "display_name": "Ana"}]},
    ],
)
def test_a_scheduled_activity_is_read_in_each_form(changes: dict[str, Any]) -> None:
    client, _ = client_of(ok({**SCHEDULED, **changes}))
    assert asyncio.run(client.get_activity("s-1")) == VALUE


def test_a_scheduled_activity_may_be_bare() -> None:
    bare = {
        "id": "s-1",
        "due_datetime": "2026-11-23T15:00:00Z",
        "activity_object": {"id": "t-1", "name": "Call"},
        "note": None,
    }
    client, _ = client_of(ok(bare))
    assert asyncio.run(client.get_activity("s-1")) == ScheduledActivity(
        "s-1", datetime(2026, 11, 23, 15, tzinfo=UTC), "Call", "t-1"
    )


def test_a_due_without_an_offset_is_not_guessed_at() -> None:
    client, _ = client_of(ok({**SCHEDULED, "due_datetime": "2026-11-23T15:00:00"}))
    with pytest.raises(TargetError, match=r"field 'due_datetime': input should have timezone info"):
        asyncio.run(client.get_activity("s-1"))


def test_the_window_of_a_list_is_asked_for_in_whole_days_and_applied_here() -> None:
    early = {**SCHEDULED, "id": "s-0", "due_datetime": "2026-11-23T14:59:59Z"}
    client, transport = client_of(page([early, SCHEDULED]))
    due = datetime(2026, 11, 23, 15, tzinfo=UTC)

    async def find() -> list[str]:
        return [found.id async for found in client.find_activities(activity="call", due_from=due, due_to=due)]

    assert asyncio.run(find()) == ["s-1"]
    assert transport.asked[0][2] == {
        "activity_name": "call",
        "from_date": "2026-11-22T00:00:00Z",
        "to_date": "2026-11-25T00:00:00Z",
        "ordering": "due_datetime",
        "page": "1",
        "page_size": "500",
    }


def test_an_employee_s_name_is_found_in_what_there_is() -> None:
    rows = [
        {"id": "1", "display_name": "Bo Berg", "timezone": {"name": "Europe/Stockholm"}, "roles": [{"id": "r"}, "s"]},
        {"id": "2", "first_name": "Ana", "last_name": "Souza", "timezone": "somewhere", "roles": None},
        {"id": "3", "email": "cem@example.com", "display_name": None},
    ]
    client, _ = client_of(ok(rows))
    assert asyncio.run(client.team()) == (
        Employee("1", "Bo Berg", "", "Europe/Stockholm", ("r", "s")),
        Employee("2", "Ana Souza"),
        Employee("3", "cem@example.com", "cem@example.com"),
    )


def test_a_business_s_zone_is_inside_an_object() -> None:
    payload = {"id": "b-1", "name": "Acme", "country": "US", "timezone": {"id": 3, "value": "America/New_York"}}
    client, _ = client_of(ok(payload))
    assert asyncio.run(client.business()) == Business("b-1", "Acme", "US", "America/New_York")


def test_a_record_s_fields_are_named_and_unwrapped() -> None:
    def field(name: str, value: Any, kind: str = "text") -> dict[str, Any]:
        return {"id": f"f-{name}", "name": name, "field_type": kind, "display_name": name, "value": value}

    fields = [
        field("email", "ana@example.com"),
        field("first_name", {"value": "Ana"}),
        field("stage", {"id": "1", "code": "churned", "name": "Churned"}),
        field("csm", {"id": "e-1", "display_name": "Bo"}, "team_selector"),
        field("timezone", {"label": "Paris", "value": "Europe/Paris"}, "timezone"),
        field("empty", None),
    ]
    payload = {"id": "r-1", "fields": {f["id"]: f for f in fields}, "owner": {"id": "e-2", "display_name": "Cem"}}
    client, _ = client_of(ok(payload))
    record_id = "0199aaaa-0000-7000-8000-000000000001"
    assert asyncio.run(client.record("client_client", record_id)) == Record(
        "r-1",
        {
            "email": "ana@example.com",
            "first_name": "Ana",
            "stage": "Churned",
            "csm": "e-1",
            "timezone": "Europe/Paris",
            "owner": "e-2",
        },
        "client_client",
        "Ana",
    )


def test_instants_are_in_utc_whatever_offset_they_were_written_with() -> None:
    client, _ = client_of(ok({**SCHEDULED, "completed_at": "2026-11-24T00:30:00+09:30"}))
    found = asyncio.run(client.get_activity("s-1"))
    assert found is not None
    assert (found.due_at.isoformat(), str(found.completed_at)) == (
        "2026-11-23T15:00:00+00:00",
        "2026-11-23 15:00:00+00:00",
    )


def test_an_instant_that_no_datetime_can_hold_in_utc_is_an_error_with_its_field() -> None:
    client, _ = client_of(ok({**SCHEDULED, "due_datetime": "9999-12-31T23:59:59-10:00"}))
    with pytest.raises(TargetError, match=r"field 'due_datetime': value error, no datetime in UTC holds it"):
        asyncio.run(client.get_activity("s-1"))

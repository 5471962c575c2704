"""Scheduled activities: what is created, listed, changed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.server.service import CALL, CONTACTS, NOBODY, SCHEDULED, Service, entity


def test_a_created_activity_is_shown_whole(service: Service) -> None:
    record = service.contact(first_name="Ana", last_name="Souza")
    employee = service.employee(email="bo@example.com")
    made = service.scheduled(
        employee_id=employee,
        note="<b>Welcome</b>",
        mentions=[employee],
        notify_mentioned=True,
        notifications=[{"type": "email", "time_amount": 1, "time_unit": "hours"}],
        associated_entities=[entity(record)],
    )
    assert made == {
        "id": made["id"],
        "note": "<b>Welcome</b>",
        "due_datetime": "2026-11-23T15:00:00Z",
        "original_due_datetime": "2026-11-23T15:00:00Z",
        "completed_at": None,
        "logged_activity_id": None,
        "created": "2026-11-20T15:00:00Z",
        "activity_object": {
            "id": CALL,
            "name": "Call",
            "api_name": "call",
            "association_mode": "all_objects_associated",
            "calendar_sync_duration": None,
        },
        "employee": {"id": employee, "display_name": "Bo Berg", "email": "bo@example.com", "picture": None},
        "role": None,
        "mentions": [employee],
        "notify_mentioned": True,
        "associated_entities": [
            {
                "custom_object": CONTACTS,
                "object_api_name": "client_client",
                "entity_id": record,
                "display_name": "Ana Souza",
            }
        ],
        "notifications": [{"type": "email", "time_amount": 1, "time_unit": "hours"}],
        "access": {"view": True, "edit": True, "remove": True},
    }
    assert service.call("GET", f"{SCHEDULED}/{made['id']}").json == made
    assert service.call("GET", f"{SCHEDULED}/{made['id'].upper()}").json == made


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-11-23T10:00:00-05:00", "2026-11-23T15:00:00Z"),
        ("2026-11-23T15:00:00.250Z", "2026-11-23T15:00:00.250000Z"),
        ("20261123T150000Z", "2026-11-23T15:00:00Z"),
    ],
)
def test_datetimes_come_back_in_utc(service: Service, written: str, shown: str) -> None:
    assert service.scheduled(written)["due_datetime"] == shown


def test_a_type_may_be_named_by_its_id_and_a_null_name_counts_as_none(service: Service) -> None:
    made = service.scheduled(activity_object_id=CALL.upper(), activity_object_name=None)
    assert made["activity_object"]["api_name"] == "call"


def test_an_id_and_a_name_must_be_of_one_type(service: Service) -> None:
    body = {"activity_object_id": CALL, "activity_object_name": "task", "due_datetime": "2026-11-23T15:00:00Z"}
    answered = service.call("POST", SCHEDULED, body)
    assert answered.json == {
        "activity_object_name": [
            {"message": "The id and the name are those of two activity objects.", "code": "invalid"}
        ]
    }


@pytest.mark.parametrize(
    "form",
    [
        lambda record: {"custom_object": CONTACTS, "entity_id": record},
        lambda record: {"custom_object_id": CONTACTS, "entity_id": record},
        lambda record: {"custom_object": {"id": CONTACTS}, "entity": {"id": record}},
        lambda _record: {"custom_object": {"name": "client_client"}, "entity": {"name": "ana@example.com"}},
    ],
)
def test_each_form_of_an_association_is_understood(service: Service, form: Any) -> None:
    record = service.contact()
    made = service.scheduled(associated_entities=[form(record)])
    assert [found["entity_id"] for found in made["associated_entities"]] == [record]


def test_at_most_one_record_of_each_object_is_associated(service: Service) -> None:
    pair = [entity(service.contact("a@example.com")), entity(service.contact("b@example.com"))]
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "associated_entities": pair}
    answered = service.call("POST", SCHEDULED, body)
    assert (answered.status, answered.json) == (
        400,
        {"non_field_errors": ["At most one record of each object may be associated."]},
    )


def test_one_object_by_id_and_by_name_is_still_one(service: Service) -> None:
    pair = [
        entity(service.contact("a@example.com")),
        {"custom_object": {"name": "client_client"}, "entity": {"id": service.contact("b@example.com")}},
    ]
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "associated_entities": pair}
    assert service.call("POST", SCHEDULED, body).json == {
        "associated_entities": [{"message": "At most one record of each object may be associated.", "code": "invalid"}]
    }


@pytest.mark.parametrize("mode", ["no_objects_associated", "selected_objects_associated"])
def test_a_type_takes_only_the_objects_it_allows(service: Service, mode: str) -> None:
    made = service.call("POST", "/api/activities", {"name": "Visit", "association_mode": mode})
    assert made.status == 201
    body = {
        "activity_object_name": "visit",
        "due_datetime": "2026-11-23T15:00:00Z",
        "associated_entities": [entity(service.contact())],
    }
    answered = service.call("POST", SCHEDULED, body)
    assert (answered.status, answered.json) == (
        400,
        {
            "associated_entities": [
                {
                    "message": "Records of 'client_client' cannot be associated with activities of 'visit'.",
                    "code": "association_not_allowed",
                }
            ]
        },
    )
    assert service.call("GET", SCHEDULED).json["count"] == 0


def test_a_selected_object_is_allowed(service: Service) -> None:
    kind = {"name": "Visit", "association_mode": "selected_objects_associated", "custom_objects": [CONTACTS]}
    assert service.call("POST", "/api/activities", kind).json["custom_objects"] == [CONTACTS]
    made = service.scheduled(activity_object_name="visit", associated_entities=[entity(service.contact())])
    assert len(made["associated_entities"]) == 1


def test_rescheduling_leaves_the_original_due(service: Service) -> None:
    made = service.scheduled(note="kept")
    answered = service.call("PATCH", f"{SCHEDULED}/{made['id']}", {"due_datetime": "2026-12-01T09:00:00Z"})
    assert answered.status == 200
    assert answered.json == {**made, "due_datetime": "2026-12-01T09:00:00Z"}


def test_a_patch_changes_what_it_names_and_nothing_else(service: Service) -> None:
    record, employee = service.contact(), service.employee()
    made = service.scheduled(note="old", employee_id=employee, associated_entities=[entity(record)])
    path = f"{SCHEDULED}/{made['id']}"
    assert service.call("PATCH", path, {"employee_id": None}).json == {**made, "employee": None}
    assert service.call("PATCH", path, {"associated_entities": []}).json["associated_entities"] == []
    assert service.call("PATCH", f"{path}/notes", {"note": "new"}).json["note"] == "new"
    assert service.call("PATCH", path, {}).json["note"] == "new"


def test_a_put_replaces_all_but_the_original_due(service: Service) -> None:
    made = service.scheduled(
        note="old", employee_id=service.employee(), associated_entities=[entity(service.contact())]
    )
    body = {"activity_object_name": "call", "due_datetime": "2026-12-01T09:00:00Z"}
    answered = service.call("PUT", f"{SCHEDULED}/{made['id']}", body).json
    assert (answered["note"], answered["employee"], answered["associated_entities"]) == ("", None, [])
    assert answered["original_due_datetime"] == "2026-11-23T15:00:00Z"


def test_the_type_cannot_be_changed(service: Service) -> None:
    path = f"{SCHEDULED}/{service.scheduled()['id']}"
    answered = service.call("PATCH", path, {"activity_object_name": "task"})
    assert (answered.status, answered.json) == (
        400,
        {
            "activity_object_name": [
                {
                    "message": "The activity object of a scheduled activity cannot be changed.",
                    "code": "create_only",
                }
            ]
        },
    )
    assert service.call("PATCH", path, {"activity_object_name": "call"}).status == 200


def test_a_refused_change_changes_nothing(service: Service) -> None:
    made = service.scheduled()
    body = {"due_datetime": "2026-12-01T09:00:00Z", "associated_entities": [entity(NOBODY)]}
    assert service.call("PATCH", f"{SCHEDULED}/{made['id']}", body).status == 400
    assert service.call("GET", f"{SCHEDULED}/{made['id']}").json == made


def test_a_deleted_activity_is_gone(service: Service) -> None:
    path = f"{SCHEDULED}/{service.scheduled(associated_entities=[entity(service.contact())])['id']}"
    answered = service.call("DELETE", path)
    assert (answered.status, answered.content) == (204, b"")
    assert service.call("GET", path).status == 404
    assert service.call("DELETE", path).status == 404


@pytest.fixture
def listed(service: Service) -> dict[str, str]:
    """Five activities, a day apart; the third is a task, the fourth is Bo's and completed."""
    bo = service.employee("Bo", email="bo@example.com")
    made = {
        name: service.scheduled(f"2026-11-2{day}T15:00:00Z", note=f"note {name}", **fields)["id"]
        for day, (name, fields) in enumerate(
            {
                "a": {},
                "b": {},
                "c": {"activity_object_name": "task"},
                "d": {"employee_id": bo},
                "e": {},
            }.items(),
            start=1,
        )
    }
    logging = {"related_objects": [], "scheduled_activity_id": made["d"]}
    assert service.call("POST", "/api/activities/call/log-activity", logging).status == 201
    return {**made, "bo": bo}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, "abcde"),
        ({"ordering": "-due_datetime"}, "edcba"),
        ({"ordering": "completed_at"}, "dabce"),
        ({"from_date": "2026-11-23T15:00:00Z"}, "cde"),
        ({"to_date": "2026-11-22T15:00:00+00:00"}, "ab"),
        ({"from_date": "2026-11-23"}, "cde"),
        ({"to_date": "2026-11-22"}, "ab"),
        ({"from_date": "2026-11-22", "to_date": "2026-11-22"}, "b"),
        ({"from_date": "0001-01-01", "to_date": "9999-12-31"}, "abcde"),
        ({"activity_name": "task"}, "c"),
        ({"activity_id": CALL}, "abde"),
        ({"completed": True}, "d"),
        ({"completed": False}, "abce"),
        ({"search": "NOTE B"}, "b"),
        ({"search": "100%"}, ""),
        ({"assigned_to_me": True}, ""),
    ],
)
def test_the_filters_mean_the_same_in_a_query_and_in_a_body(
    service: Service, listed: dict[str, str], filters: dict[str, Any], names: str
) -> None:
    query = {name: str(value).lower() if isinstance(value, bool) else value for name, value in filters.items()}
    expected = [listed[name] for name in names]
    for answered in (
        service.call("GET", SCHEDULED, query=query),
        service.call("GET", f"{SCHEDULED}/search", query=query),
        service.call("POST", f"{SCHEDULED}/search", filters),
    ):
        assert answered.status == 200
        assert [found["id"] for found in answered.json["results"]] == expected
        assert answered.json["count"] == len(expected)


def test_a_date_is_a_whole_day_in_the_business_s_zone(service: Service) -> None:
    business = {"name": "Acme", "country": "US", "timezone": "America/New_York"}
    assert service.call("PATCH", "/api/business/mine", business).status == 200
    late = service.scheduled("2026-11-24T04:59:59Z")["id"]
    service.scheduled("2026-11-24T05:00:00Z")
    early = service.scheduled("2026-11-23T05:00:00Z")["id"]
    query = {"from_date": "2026-11-23", "to_date": "2026-11-23"}
    found = service.call("GET", SCHEDULED, query=query).json["results"]
    assert [each["id"] for each in found] == [early, late]


def test_employees_may_be_listed_with_commas_or_as_an_array(service: Service, listed: dict[str, str]) -> None:
    ids = f"{listed['bo']},{NOBODY}"
    by_query = service.call("GET", SCHEDULED, query={"employee_ids": ids}).json["results"]
    by_body = service.call("POST", f"{SCHEDULED}/search", {"employee_ids": ids.split(",")}).json["results"]
    assert [found["id"] for found in by_query] == [found["id"] for found in by_body] == [listed["d"]]


def test_a_plus_in_a_query_s_offset_survives(service: Service, listed: dict[str, str]) -> None:
    answered = service.call("GET", f"{SCHEDULED}?to_date=2026-11-21T16:00:00+01:00")
    assert [found["id"] for found in answered.json["results"]] == [listed["a"]]


def test_pages_follow_one_another_by_absolute_links(service: Service, listed: dict[str, str]) -> None:
    first = service.call("GET", SCHEDULED, query={"page_size": "2", "completed": "false"}).json
    assert first["count"] == 4
    assert first["previous"] is None
    assert first["next"] == f"http://service.test{SCHEDULED}?page_size=2&completed=false&page=2"
    second = service.call("GET", first["next"]).json
    assert [found["id"] for found in second["results"]] == [listed["c"], listed["e"]]
    assert second["next"] is None
    assert second["previous"] == f"http://service.test{SCHEDULED}?page_size=2&completed=false&page=1"
    assert second["errors"] == []


def test_a_page_beyond_the_last_is_empty(service: Service, listed: dict[str, str]) -> None:
    answered = service.call("GET", SCHEDULED, query={"page": "99"})
    assert (answered.status, answered.json["count"], answered.json["results"]) == (200, 5, [])
    assert answered.json["next"] is None
    assert listed


def test_a_page_in_a_body_s_links_and_rows_agree(service: Service, listed: dict[str, str]) -> None:
    answered = service.call("POST", f"{SCHEDULED}/search", {"page": 2, "page_size": 2}).json
    assert [found["id"] for found in answered["results"]] == [listed["c"], listed["d"]]
    assert answered["next"].endswith("page=3")


def test_markup_in_a_note_comes_back_as_it_was_written(service: Service) -> None:
    note = "<script>alert('x')</script> Ünïcode 🎉 \"quoted\"\n[cadence 7f3k9a2b1c4d]"
    assert service.scheduled(note=note)["note"] == note


def test_a_search_is_followed_by_its_links_with_the_body_it_began_with(
    service: Service, listed: dict[str, str]
) -> None:
    body, found = {"page": 1, "page_size": 2}, []
    page = service.call("POST", f"{SCHEDULED}/search", body).json
    while page["results"]:
        found += [shape["id"] for shape in page["results"]]
        if page["next"] is None:
            break
        page = service.call("POST", page["next"].removeprefix("http://service.test"), body).json
    assert found == [listed[name] for name in "abcde"]
    assert page["previous"] == f"http://service.test{SCHEDULED}/search?page_size=2&page=2"

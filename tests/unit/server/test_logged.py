"""Logged activities, and the completion of scheduled ones."""

from __future__ import annotations

import pytest

from tests.unit.server.service import CALL, CONTACTS, NOBODY, SCHEDULED, Service, entity

LOG = "/api/activities/call/log-activity"


def test_logging_completes_the_scheduled_activity(service: Service) -> None:
    scheduled, record = service.scheduled()["id"], service.contact()
    body = {"related_objects": [entity(record)], "notes": "went well", "scheduled_activity_id": scheduled}
    answered = service.call("POST", LOG, body)
    assert answered.status == 201
    logged = answered.json
    assert logged == {
        "id": logged["id"],
        "notes": "went well",
        "activity_object": service.call("GET", f"{SCHEDULED}/{scheduled}").json["activity_object"],
        "associated_entities": [
            {
                "custom_object": CONTACTS,
                "object_api_name": "client_client",
                "entity_id": record,
                "display_name": "ana@example.com",
            }
        ],
        "logged_at": "2026-11-20T15:00:00Z",
        "logged_by": service.admin.user_id,
        "completed_at": "2026-11-20T15:00:00Z",
        "completed_by": service.admin.user_id,
        "scheduled_activity_id": scheduled,
        "mentions": [],
        "fields": [],
    }
    assert service.call("GET", f"/api/activities/logged/{logged['id']}").json == logged
    completed = service.call("GET", f"{SCHEDULED}/{scheduled}").json
    assert (completed["completed_at"], completed["logged_activity_id"]) == ("2026-11-20T15:00:00Z", logged["id"])


def test_completing_twice_is_refused(service: Service) -> None:
    body = {"related_objects": [], "scheduled_activity_id": service.scheduled()["id"]}
    assert service.call("POST", LOG, body).status == 201
    answered = service.call("POST", LOG, body)
    assert (answered.status, answered.json) == (
        400,
        {
            "scheduled_activity_id": [
                {"message": "The scheduled activity is completed already.", "code": "already_completed"}
            ]
        },
    )
    assert service.call("POST", "/api/activities/call/responses", {}).json["count"] == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"scheduled_activity_id": NOBODY}, "scheduled_activity_id", "does_not_exist"),
        ({"mentions": [NOBODY]}, "mentions", "does_not_exist"),
        ({"related_objects": [entity(NOBODY)]}, "related_objects", "does_not_exist"),
    ],
)
def test_what_a_log_names_must_exist(service: Service, changes: dict[str, object], field: str, code: str) -> None:
    answered = service.call("POST", LOG, {"related_objects": [], **changes})
    assert (answered.status, answered.json[field][0]["code"]) == (400, code)


def test_the_related_objects_must_be_there_though_they_may_be_empty(service: Service) -> None:
    assert service.call("POST", LOG, {}).json == {"related_objects": ["This field is required."]}
    assert service.call("POST", LOG, {"related_objects": []}).status == 201


def test_an_object_may_not_come_twice(service: Service) -> None:
    pair = [entity(service.contact("a@example.com")), entity(service.contact("b@example.com"))]
    answered = service.call("POST", LOG, {"related_objects": pair})
    assert (answered.status, answered.json) == (
        400,
        {"non_field_errors": ["At most one record of each object may be related."]},
    )


def test_a_scheduled_activity_is_completed_only_by_its_own_type(service: Service) -> None:
    body = {"related_objects": [], "scheduled_activity_id": service.scheduled()["id"]}
    answered = service.call("POST", "/api/activities/task/log-activity", body)
    assert (
        answered.json["scheduled_activity_id"][0]["message"] == "The scheduled activity is of another activity object."
    )


def test_responses_list_one_type_newest_first(service: Service) -> None:
    first, second = (service.call("POST", LOG, {"related_objects": [], "notes": n}).json["id"] for n in ("one", "two"))
    service.call("POST", "/api/activities/task/log-activity", {"related_objects": []})
    answered = service.call("POST", f"/api/activities/{CALL}/responses").json
    assert [found["id"] for found in answered["results"]] == [second, first]
    found = service.call("POST", "/api/activities/call/responses", {"search": "one"}).json
    assert [one["id"] for one in found["results"]] == [first]
    assert service.call("GET", "/api/activities/call").json["n_submissions"] == 2


def test_logging_for_a_type_that_is_not_there_is_404(service: Service) -> None:
    assert service.call("POST", "/api/activities/fax/log-activity", {"related_objects": []}).status == 404


def test_a_field_that_the_type_does_not_have_is_refused_and_nothing_is_logged(service: Service) -> None:
    (notes,) = service.call("GET", "/api/activities/call/fields").json
    body: dict[str, object] = {"related_objects": [], "notes": None}
    said = [{"id": notes["id"], "value": "well"}]
    assert service.call("POST", LOG, {**body, "fields": said}).json["fields"] == said
    refused = service.call("POST", LOG, {**body, "fields": [*said, {"id": NOBODY, "value": 1}]})
    assert (refused.status, refused.json) == (
        400,
        {"fields": [{"message": f"Field '{NOBODY}' does not exist.", "code": "does_not_exist"}]},
    )
    assert service.call("POST", "/api/activities/call/responses", {}).json["count"] == 1

"""Activity types, objects, team, roles and business."""

from __future__ import annotations

from tests.unit.server.service import CALL, CONTACTS, NOBODY, Service


def test_a_fresh_business_has_contacts_and_four_types(service: Service) -> None:
    types = service.call("GET", "/api/activities").json
    assert [(kind["name"], kind["api_name"]) for kind in types["results"]] == [
        ("Call", "call"), ("Email", "email"), ("Meeting", "meeting"), ("Task", "task"),
    ]  # fmt: skip
    assert types["results"][0] == {
        "id": CALL,
        "name": "Call",
        "api_name": "call",
        "association_mode": "all_objects_associated",
        "is_editable": True,
        "n_submissions": 0,
        "created": "2026-11-20T15:00:00Z",
        "deleted": False,
    }
    objects = service.call("GET", "/api/custom-objects").json["results"]
    assert [(found["id"], found["name"]) for found in objects] == [(CONTACTS, "client_client")]


def test_a_new_type_s_api_name_may_be_rewritten(service: Service) -> None:
    named = [
        service.call("POST", "/api/activities", body).json["api_name"]
        for body in ({"name": "Site Visit"}, {"name": "Site visit!"}, {"name": "Logged"}, {"name": "☎"},
                     {"name": "Other", "api_name": "Call"})
    ]  # fmt: skip
    assert named == ["site_visit", "site_visit_2", "logged_2", "activity", "call_2"]


def test_a_type_is_found_by_id_and_by_api_name_and_has_its_own_fields(service: Service) -> None:
    by_name = service.call("GET", "/api/activities/call").json
    assert service.call("GET", f"/api/activities/{CALL}").json == by_name
    details = ("submission_action", "webhook_url", "redirect_url", "calendar_sync_duration", "custom_objects")
    assert [by_name[name] for name in details] == [None, None, None, None, []]
    (notes,) = service.call("GET", "/api/activities/call/fields").json
    assert notes["name"] == "notes"


def test_a_type_can_be_changed_searched_and_deleted(service: Service) -> None:
    changed = service.call("PATCH", "/api/activities/call", {"name": "Phone call", "calendar_sync_duration": 30}).json
    assert (changed["name"], changed["api_name"], changed["calendar_sync_duration"]) == ("Phone call", "call", 30)
    assert service.call("GET", "/api/activities", query={"search": "phone"}).json["count"] == 1
    assert service.call("DELETE", "/api/activities/call").status == 204
    assert service.call("GET", "/api/activities/call").status == 404
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}
    assert service.call("POST", "/api/activities/scheduled-activity", body).status == 400


def test_activities_of_a_deleted_type_can_still_be_read(service: Service) -> None:
    made = service.scheduled()
    service.call("DELETE", "/api/activities/call")
    assert service.call("GET", f"/api/activities/scheduled-activity/{made['id']}").json == made


def test_types_may_be_listed_for_one_object(service: Service) -> None:
    service.call("POST", "/api/activities", {"name": "Alone", "association_mode": "no_objects_associated"})
    some = {"name": "Some", "association_mode": "selected_objects_associated", "custom_objects": [CONTACTS]}
    service.call("POST", "/api/activities", some)
    listed = service.call("GET", "/api/activities", query={"custom_object_id": CONTACTS, "page_size": "1000"}).json
    assert [kind["name"] for kind in listed["results"]] == ["Call", "Email", "Meeting", "Some", "Task"]


def test_a_type_cannot_allow_an_object_that_is_not_there(service: Service) -> None:
    answered = service.call("POST", "/api/activities", {"name": "Visit", "custom_objects": [NOBODY]})
    assert answered.json == {
        "custom_objects": [{"message": f"Custom object '{NOBODY}' does not exist.", "code": "does_not_exist"}]
    }


def test_objects_and_their_fields_can_be_added(service: Service) -> None:
    made = service.call("POST", "/api/custom-objects", {"name": "deal", "display_name": "Deals"}).json
    assert service.call("GET", f"/api/custom-objects/{made['id']}").json == made
    field = service.call("POST", "/api/custom-objects/deal/fields", {"name": "amount", "field_type": "decimal"}).json
    assert service.call("GET", "/api/custom-objects/deal/fields").json == [field]
    twice = service.call("POST", "/api/custom-objects", {"name": "deal"})
    assert (twice.status, twice.json) == (400, {"name": [{"message": "'deal' exists already.", "code": "unique"}]})
    twice = service.call("POST", "/api/custom-objects/deal/fields", {"name": "amount"})
    assert twice.json == {"name": [{"message": "'amount' exists already.", "code": "unique"}]}
    assert service.call("GET", "/api/custom-objects/order").status == 404


def test_an_employee_is_stored_with_zone_roles_hours_and_leave(service: Service) -> None:
    role = service.call("POST", "/api/role", {"name": "CSM"}).json
    body = {
        "id": "0199aaaa-0000-7000-8000-000000000b0b",
        "display_name": "Bo Berg",
        "email": "bo@example.com",
        "timezone": "Europe/Stockholm",
        "roles": ["CSM"],
        "hours": [[[32400, 61200]]] * 5 + [[], []],
        "leave": [{"first": "2026-12-24", "last": "2027-01-02", "reason": "holiday"}],
    }
    answered = service.call("POST", "/api/team", body)
    assert answered.status == 201
    made = answered.json
    assert made == {**body, "first_name": "", "last_name": "", "picture": None, "roles": [role]}
    assert service.call("GET", f"/api/team/{made['id']}").json == made
    assert service.call("GET", "/api/team").json == [made]


def test_the_team_is_paged_only_when_a_page_size_is_asked_for(service: Service) -> None:
    for name in ("Ana", "Bo", "Cem"):
        service.employee(name)
    answered = service.call("GET", "/api/team", query={"page_size": "2"}).json
    assert ([found["display_name"] for found in answered["results"]], answered["count"]) == (["Ana", "Bo"], 3)
    assert (
        service.call("GET", "/api/team/typeahead", query={"search": "CE"}).json["results"][0]["display_name"] == "Cem"
    )


def test_an_employee_s_email_and_id_are_taken_once(service: Service) -> None:
    bo = service.employee("Bo", email="bo@example.com")
    answered = service.call("POST", "/api/team", {"display_name": "Bob", "email": "BO@example.com"})
    assert (answered.status, answered.json) == (
        400,
        {"email": [{"message": "An employee with the email 'BO@example.com' exists already.", "code": "unique"}]},
    )
    answered = service.call("POST", "/api/team", {"display_name": "Bob", "id": bo})
    assert answered.json == {"id": [{"message": f"'{bo}' exists already.", "code": "unique"}]}


def test_an_employee_can_be_changed(service: Service) -> None:
    bo = service.employee("Bo", email="bo@example.com", timezone="Europe/Stockholm")
    answered = service.call("PATCH", f"/api/team/{bo}", {"display_name": "Bo B", "email": "bo@example.com"}).json
    assert (answered["display_name"], answered["timezone"]) == ("Bo B", "Europe/Stockholm")
    answered = service.call("PATCH", f"/api/team/{bo}", {"roles": ["nobody's"]})
    assert answered.json == {"roles": [{"message": "Role 'nobody's' does not exist.", "code": "does_not_exist"}]}
    assert service.call("PATCH", f"/api/team/{NOBODY}", {}).status == 404


def test_what_an_employee_cannot_be(service: Service) -> None:
    body = {
        "display_name": "Bo",
        "timezone": "Mars/Base",
        "hours": [[]],
        "leave": [{"first": "2026-12-24", "last": "2026-12-20"}, {"first": "soon", "last": "2026-12-20"}],
    }
    assert service.call("POST", "/api/team", body).json == {
        "timezone": ["Must be an IANA time zone, as in America/New_York."],
        "hours": ["List should have at least 7 items after validation, not 1."],
        "leave": ["0: The last day lies before the first.", "1.first: Must be a date, as in 2026-12-24."],
    }


def test_a_role_s_name_is_taken_once(service: Service) -> None:
    role = service.call("POST", "/api/role", {"name": "CSM"}).json
    assert service.call("GET", "/api/role").json["results"] == [role]
    answered = service.call("POST", "/api/role", {"name": "CSM"})
    assert answered.json == {"name": [{"message": "'CSM' exists already.", "code": "unique"}]}


def test_the_business_has_its_timezone_as_an_object(service: Service) -> None:
    assert service.call("GET", "/api/business/mine").json["timezone"] is None
    body = {"name": "Acme", "country": "US", "timezone": "America/New_York"}
    assert service.call("PATCH", "/api/business/mine", body).json == {
        "id": service.admin.business_id,
        "name": "Acme",
        "country": "US",
        "timezone": {"identifier": "America/New_York", "name": "America/New_York"},
    }
    assert service.call("GET", "/api/business/mine", key=service.other).json["name"] == "Other"

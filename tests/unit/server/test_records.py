"""Records: read, look up, search, add, upsert, change, delete."""

from __future__ import annotations

from typing import Any

import pytest

from cadence.server.store.keys import Scope
from tests.unit.server.service import NOBODY, Service

RECORDS = "/api/records/client_client"


def named(**fields: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in fields.items()]


def values(record: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field["value"] for field in record["fields"].values()}


def test_a_record_is_shown_with_its_fields_by_id(service: Service) -> None:
    record_id = service.contact(first_name="Ana", last_name="Souza", timezone="America/Sao_Paulo", seats=25)
    shown = service.call("GET", f"{RECORDS}/{record_id}").json
    assert (shown["id"], shown["object_type"]) == (record_id, "client_client")
    assert shown["client_info"] == {"display_name": "Ana Souza", "email": "ana@example.com"}
    assert values(shown) == {
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Souza",
        "seats": 25,
        "timezone": "America/Sao_Paulo",
    }
    seats = next(field for field in shown["fields"].values() if field["name"] == "seats")
    assert shown["fields"][seats["id"]] == {
        "id": seats["id"],
        "name": "seats",
        "display_name": "Seats",
        "field_type": "decimal",
        "value": 25,
    }
    narrowed = service.call("GET", f"{RECORDS}/{record_id}", query={"field_names": "email,seats"}).json
    assert values(narrowed) == {"email": "ana@example.com", "seats": 25}


def test_a_lookup_is_exact_and_case_sensitive(service: Service) -> None:
    record_id = service.contact("ana@example.com")
    assert service.call("GET", f"{RECORDS}/lookup", query={"identifier": "ana@example.com"}).json["id"] == record_id
    assert service.call("GET", f"{RECORDS}/lookup", query={"identifier": "Ana@example.com"}).status == 404
    answered = service.call("GET", f"{RECORDS}/lookup")
    assert (answered.status, answered.json) == (
        400,
        {"identifier": [{"message": "This field is required.", "code": "required"}]},
    )


def test_a_lookup_that_two_records_match_is_refused(service: Service) -> None:
    service.contact("ana@example.com")
    service.contact("ana@example.com")
    answered = service.call("GET", f"{RECORDS}/lookup", query={"identifier": "ana@example.com"})
    assert (answered.status, answered.json) == (
        400,
        {"identifier": [{"message": "Several records match 'ana@example.com'.", "code": "multiple_matches"}]},
    )
    answered = service.call("POST", f"{RECORDS}/upsert", {"lookup_value": "ana@example.com", "fields": []})
    assert answered.json["lookup_value"][0]["code"] == "multiple_matches"


def test_other_objects_are_looked_up_by_name(service: Service) -> None:
    service.call("POST", "/api/custom-objects", {"name": "deal"})
    made = service.call("POST", "/api/records/deal/add", {"fields": named(name="Big", email="x@example.com")}).json
    assert service.call("GET", "/api/records/deal/lookup", query={"identifier": "Big"}).json["id"] == made["id"]
    assert service.call("GET", "/api/records/deal/lookup", query={"identifier": "x@example.com"}).status == 404
    assert made["client_info"] is None
    assert service.call("GET", f"{RECORDS}/{made['id']}").status == 404


def test_an_upsert_creates_once_and_then_updates(service: Service) -> None:
    body = {"lookup_value": "ana@example.com", "fields": named(email="ana@example.com", first_name="Ana", seats=3)}
    first = service.call("POST", f"{RECORDS}/upsert", body)
    assert (first.status, first.json["action"]) == (201, "created")
    second = service.call("POST", f"{RECORDS}/upsert", {**body, "fields": named(seats=5)})
    assert (second.status, second.json["action"], second.json["id"]) == (200, "updated", first.json["id"])
    shown = values(service.call("GET", f"{RECORDS}/{first.json['id']}").json)
    assert (shown["first_name"], shown["seats"]) == ("Ana", 5)


def test_null_clears_a_field(service: Service) -> None:
    record_id = service.contact(first_name="Ana")
    answered = service.call("PATCH", f"{RECORDS}/{record_id}", {"fields": named(first_name=None, last_name="Souza")})
    assert (values(answered.json)["first_name"], values(answered.json)["last_name"]) == (None, "Souza")


def test_only_an_administrator_makes_new_fields_and_chooses_ids(service: Service) -> None:
    key = service.key(Scope.WRITE)
    answered = service.call("POST", f"{RECORDS}/add", {"fields": named(shoe_size=41)}, key=key)
    assert (answered.status, answered.json) == (
        400,
        {"fields": [{"message": "Field 'shoe_size' does not exist.", "code": "does_not_exist"}]},
    )
    answered = service.call("POST", f"{RECORDS}/add", {"id": NOBODY, "fields": []}, key=key)
    assert answered.json["id"][0]["message"] == "Only a key with the scope 'admin' may choose ids."
    made = service.call("POST", f"{RECORDS}/add", {"id": NOBODY, "fields": named(shoe_size=41)})
    assert (made.status, made.json["id"]) == (201, NOBODY)
    answered = service.call("POST", f"{RECORDS}/add", {"id": NOBODY, "fields": []})
    assert answered.json == {"id": [{"message": f"Record '{NOBODY}' exists already.", "code": "unique"}]}
    assert service.call("PATCH", f"{RECORDS}/{NOBODY}", {"fields": named(shoe_size=42)}, key=key).status == 200


def test_a_refused_row_makes_no_new_field(service: Service) -> None:
    service.contact("ana@example.com")
    fields = [*named(brand_new=1), {"id": NOBODY, "value": 2}]
    assert service.call("POST", f"{RECORDS}/add", {"fields": fields}).status == 400
    names = [field["name"] for field in service.call("GET", "/api/custom-objects/client_client/fields").json]
    assert names == ["email", "first_name", "last_name", "timezone"]


def test_a_deleted_record_is_gone_and_its_activities_stay(service: Service) -> None:
    record_id = service.contact()
    made = service.scheduled(
        associated_entities=[{"custom_object": {"name": "client_client"}, "entity": {"id": record_id}}]
    )
    assert service.call("DELETE", f"{RECORDS}/{record_id}").status == 204
    assert service.call("GET", f"{RECORDS}/{record_id}").status == 404
    shown = service.call("GET", f"/api/activities/scheduled-activity/{made['id']}").json
    assert shown["associated_entities"][0]["entity_id"] == record_id
    assert shown["associated_entities"][0]["display_name"] == ""


@pytest.fixture
def people(service: Service) -> dict[str, str]:
    return {
        "ana": service.contact("ana@example.com", first_name="Ana", seats=3, vip=True, plan="Gold"),
        "bo": service.contact("bo@example.com", first_name="Bo", seats=30, vip=False, plan="gold"),
        "cem": service.contact("cem@example.com", first_name="Çem"),
    }


@pytest.mark.parametrize(
    ("body", "query", "names"),
    [
        ({}, {}, "ana bo cem"),
        ({}, {"search": "EXAMPLE"}, "ana bo cem"),
        ({}, {"search": "çem"}, "cem"),
        ({}, {"search": "%"}, ""),
        ({}, {"ordering": "-name"}, "cem bo ana"),
        ({}, {"ordering": "-created", "page_size": "2"}, "cem bo"),
        ({"query": [{"field": "seats", "value": 30}]}, {}, "bo"),
        ({"query": [{"field": "vip", "value": True}]}, {}, "ana"),
        ({"query": [{"field": "plan", "value": "Gold"}]}, {}, "ana"),
        ({"query": [{"field": "plan", "condition": "contains", "value": "GOL"}]}, {}, "ana bo"),
        ({"query": [{"field": "plan", "condition": "!=", "value": "Gold"}]}, {}, "bo cem"),
        ({"query": [{"field": "plan", "value": None}]}, {}, "cem"),
        ({"query": [{"field": "plan", "value": 30}]}, {}, ""),
        ({"query": [{"field": "plan", "value": 0}]}, {}, ""),
        ({"query": [{"field": "plan", "value": False}]}, {}, ""),
        ({"query": [{"field": "seats", "value": "30"}]}, {}, ""),
        ({"query": [{"field": "seats", "value": True}]}, {}, ""),
        ({"query": [{"field": "vip", "value": 1}]}, {}, ""),
        ({"query": [{"field": "seats", "value": 30.0}]}, {}, "bo"),
        ({"query": [{"field": "seats", "value": 30}, {"field": "vip", "value": True}]}, {}, ""),
        ({"query": [{"field": "seats", "value": 30}, {"field": "vip", "value": True}], "and": False}, {}, "ana bo"),
    ],
)
def test_records_are_searched_by_text_and_by_field(
    service: Service, people: dict[str, str], body: dict[str, Any], query: dict[str, str], names: str
) -> None:
    answered = service.call("POST", f"{RECORDS}/search", body, query=query)
    assert answered.status == 200
    assert [row["id"] for row in answered.json["results"]] == [people[name] for name in names.split()]


def test_a_search_shows_the_fields_it_is_asked_for(service: Service, people: dict[str, str]) -> None:
    (row, *_) = service.call("POST", f"{RECORDS}/search", {"field_names": ["email"]}).json["results"]
    ((field_id, field),) = row["fields"].items()
    assert (row["id"], field) == (people["ana"], {"name": "email", "value": "ana@example.com"})
    assert set(row) == {"id", "fields"}
    assert len(field_id) == 36


def test_a_search_refuses_what_it_does_not_know(service: Service) -> None:
    answered = service.call("POST", f"{RECORDS}/search", {"query": [{"field": "shoe", "value": 1}]})
    assert answered.json == {"query": [{"message": "Field 'shoe' does not exist.", "code": "does_not_exist"}]}
    answered = service.call("POST", f"{RECORDS}/search", {}, query={"ordering": "shoe"})
    assert answered.json == {"ordering": ["Input should be 'created', '-created', 'name' or '-name'."]}
    assert service.call("POST", "/api/records/order/search", {}).status == 404


@pytest.mark.parametrize(("kind", "key"), [("client_client", "email"), ("deal", "name")])
def test_what_an_upsert_made_is_found_by_its_lookup_value(service: Service, kind: str, key: str) -> None:
    service.call("POST", "/api/custom-objects", {"name": "deal"})
    body, writer = {"lookup_value": "ana@example.com", "fields": []}, service.key(Scope.WRITE)
    first, second = (service.call("POST", f"/api/records/{kind}/upsert", body, key=writer) for _ in range(2))
    assert (first.status, second.status, second.json["id"]) == (201, 200, first.json["id"])
    assert values(second.json)[key] == "ana@example.com"

"""Every write is written down, with who and when, and without what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence.server.app import PATHS
from cadence.server.instant import instant_text, micros
from cadence.server.store.keys import Caller, Scope, issue_key
from tests.unit.server.service import CALL, CONTACTS, SCHEDULED, Service, headers_of

if TYPE_CHECKING:
    from cadence.clock import Clock

SECRET = "what nobody else may know"


def entries(service: Service, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.call("GET", "/api/audit", query=query).json["results"]
    return found


def test_a_write_is_written_down_without_its_values(service: Service, clock: Clock) -> None:
    caller = Caller(service.admin.business_id, service.admin.user_id, Scope.WRITE)
    key_id = service.store.ids.next(clock.now())
    key = service.store.write_now(lambda c: issue_key(c, caller, key_id=key_id, now=clock.now()))
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": SECRET}
    headers = {**headers_of(key), "X-Request-ID": "import-7"}
    made = service.call("POST", SCHEDULED, body, headers=headers).json
    (entry,) = entries(service)
    assert entry == {
        "id": entry["id"],
        "at": instant_text(micros(clock.now())),
        "key_id": key_id,
        "user_id": key.user_id,
        "request_id": "import-7",
        "action": "POST /api/activities/scheduled-activity",
        "subject_id": made["id"],
        "fields": ["activity_object_name", "due_datetime", "note"],
    }
    assert SECRET not in json.dumps(entry)


def test_what_is_refused_or_only_read_is_not_written_down(service: Service) -> None:
    service.call("POST", SCHEDULED, {"activity_object_name": "fax", "due_datetime": "2026-11-23T15:00:00Z"})
    service.call("GET", "/api/team")
    service.call("DELETE", f"{SCHEDULED}/0199aaaa-0000-7000-8000-00000000dead")
    service.call("POST", "/api/role", {"name": "csm"}, key=service.key(Scope.READ))
    assert entries(service) == []


def test_every_call_that_writes_is_written_down_with_its_subject(service: Service) -> None:
    employee = service.employee()
    record = service.contact()
    activity = service.scheduled()["id"]
    other = service.scheduled()["id"]
    role = service.call("POST", "/api/role", {"name": "csm"}).json["id"]
    kind = service.call("POST", "/api/activities", {"name": "Visit"}).json["id"]
    thing = service.call("POST", "/api/custom-objects", {"name": "deal"}).json["id"]
    field = service.call("POST", "/api/custom-objects/deal/fields", {"name": "size"}).json["id"]
    logged = service.call("POST", "/api/activities/call/log-activity", {"related_objects": []}).json["id"]
    settings = [{"name": "first_name", "value": "Ana"}]
    whole = {"due_datetime": "2026-11-24T15:00:00Z"}
    upsert = {"lookup_value": "ana@example.com", "fields": settings}
    for method, path, body in (
        ("PATCH", f"{SCHEDULED}/{activity}", {"note": "a"}),
        ("PUT", f"{SCHEDULED}/{activity}", whole),
        ("PATCH", f"{SCHEDULED}/{activity}/notes", {"note": "b"}),
        ("DELETE", f"{SCHEDULED}/{other}", None),
        ("PATCH", "/api/activities/visit", {"description": "c"}),
        ("DELETE", "/api/activities/visit", None),
        ("PATCH", f"/api/team/{employee}", {"first_name": "Bo"}),
        ("POST", "/api/records/client_client/upsert", upsert),
        ("PATCH", f"/api/records/client_client/{record}", {"fields": settings}),
        ("DELETE", f"/api/records/client_client/{record}", None),
        ("PATCH", "/api/business/mine", {"name": "Ours"}),
    ):
        assert service.call(method, path, body).status < 300, path
    found = {(entry["action"], entry["subject_id"]) for entry in entries(service, page_size="1000")}
    expected = {
        ("POST /api/team", employee),
        ("POST /api/records/{object}/add", record),
        ("POST /api/activities/scheduled-activity", activity),
        ("POST /api/activities/scheduled-activity", other),
        ("POST /api/role", role),
        ("POST /api/activities", kind),
        ("POST /api/custom-objects", thing),
        ("POST /api/custom-objects/{reference}/fields", field),
        ("POST /api/activities/{reference}/log-activity", logged),
        ("PATCH /api/activities/scheduled-activity/{id}", activity),
        ("PUT /api/activities/scheduled-activity/{id}", activity),
        ("PATCH /api/activities/scheduled-activity/{id}/notes", activity),
        ("DELETE /api/activities/scheduled-activity/{id}", other),
        ("PATCH /api/activities/{reference}", kind),
        ("DELETE /api/activities/{reference}", kind),
        ("PATCH /api/team/{id}", employee),
        ("POST /api/records/{object}/upsert", record),
        ("PATCH /api/records/{object}/{id}", record),
        ("DELETE /api/records/{object}/{id}", record),
        ("PATCH /api/business/mine", service.admin.business_id),
    }
    assert expected <= found
    written = {action for action, _ in found}
    mine = {
        f"{method} {path}"
        for path, operations in PATHS.items()
        for method, operation in operations.items()
        if operation.scope > Scope.READ and method != "GET" and "webhook" not in path
    }
    assert mine <= written


def test_the_audit_is_narrowed_and_is_for_administrators(service: Service) -> None:
    first, second = service.scheduled()["id"], service.scheduled()["id"]
    assert [entry["subject_id"] for entry in entries(service)] == [second, first]
    assert [entry["subject_id"] for entry in entries(service, subject_id=first)] == [first]
    assert entries(service, user_id=first) == []
    assert service.call("GET", "/api/audit", key=service.key(Scope.WRITE)).status == 403
    assert service.call("GET", "/api/audit", key=service.other).json["count"] == 0


@pytest.mark.parametrize("scope", [Scope.READ, Scope.ADMIN])
def test_a_key_that_is_revoked_in_the_midst_does_nothing_more(service: Service, clock: Clock, scope: Scope) -> None:
    caller = Caller(service.admin.business_id, service.admin.user_id, scope)
    key_id = service.store.ids.next(clock.now())
    key = service.store.write_now(lambda c: issue_key(c, caller, key_id=key_id, now=clock.now()))
    assert service.call("GET", "/api/team", key=key).status == 200
    revoke = "UPDATE api_keys SET revoked_at = 1"
    service.store.write_now(lambda c: c.exec_driver_sql(revoke))
    assert service.call("GET", "/api/team", key=key).status == 401
    if scope is Scope.ADMIN:
        service.store.keys.remember("forgotten", caller)
        assert service.call("POST", "/api/role", {"name": "csm"}, key=key).status == 401
        assert service.call("GET", "/api/role").json["count"] == 0


def test_seeded_ids_are_what_the_audit_names(service: Service) -> None:
    service.call("PATCH", f"/api/activities/{CALL}", {"custom_objects": [CONTACTS]})
    (entry,) = entries(service)
    assert entry["subject_id"] == CALL

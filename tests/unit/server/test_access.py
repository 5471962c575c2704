"""Who may call, what they see, and the shapes in which they are turned away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence.server.store.keys import Caller, Scope, issue_key, revoke_key
from tests.unit.server.service import CALL, CONTACTS, SCHEDULED, Service, entity, headers_of

if TYPE_CHECKING:
    from cadence.clock import Clock


@pytest.mark.parametrize("missing", ["X-API-KEY", "X-BUSINESS-ID", "X-USER-ID"])
def test_a_call_without_one_of_the_three_headers_is_not_authenticated(service: Service, missing: str) -> None:
    headers = {name: value for name, value in headers_of(service.admin).items() if name != missing}
    answered = service.call("GET", "/api/team", headers=headers)
    assert answered.status == 401
    assert answered.json == {"detail": "Authentication credentials were not provided.", "code": "not_authenticated"}


@pytest.mark.parametrize("wrong", ["api_key", "business_id", "user_id"])
def test_a_key_opens_only_for_its_own_business_and_user(service: Service, wrong: str) -> None:
    answered = service.call("GET", "/api/team", key=replace(service.admin, **{wrong: getattr(service.other, wrong)}))
    assert answered.status == 401
    assert answered.json == {"detail": "The API key, business or user is not valid.", "code": "not_authenticated"}


@pytest.mark.parametrize(
    ("scope", "method", "path", "needed"),
    [
        (Scope.READ, "POST", SCHEDULED, "write"),
        (Scope.READ, "POST", "/api/records/client_client/upsert", "write"),
        (Scope.WRITE, "POST", "/api/team", "admin"),
        (Scope.WRITE, "POST", "/api/activities", "admin"),
        (Scope.WRITE, "PATCH", "/api/business/mine", "admin"),
    ],
)
def test_a_key_without_the_scope_is_refused(
    service: Service, scope: Scope, method: str, path: str, needed: str
) -> None:
    answered = service.call(method, path, {}, key=service.key(scope))
    assert answered.status == 403
    assert answered.json == {
        "detail": f"This key may not do this; a key with the scope '{needed}' may.",
        "code": "permission_required",
    }


def test_each_scope_includes_those_before_it(service: Service) -> None:
    assert service.call("GET", "/api/team", key=service.key(Scope.WRITE)).status == 200
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}
    assert service.call("POST", SCHEDULED, body, key=service.key(Scope.ADMIN)).status == 201


def test_a_stored_key_opens_until_it_is_revoked_and_only_its_digest_is_kept(service: Service, clock: Clock) -> None:
    caller = Caller(service.admin.business_id, service.admin.user_id, Scope.READ)
    key_id = service.store.ids.next(clock.now())
    key = service.store.write_now(lambda c: issue_key(c, caller, key_id=key_id, now=clock.now(), name="ci"))
    assert service.call("GET", "/api/team", key=key).status == 200
    rows = service.store.read_now(lambda c: c.exec_driver_sql("SELECT * FROM api_keys").fetchall())
    assert key.api_key not in repr(rows)
    assert key.api_key not in repr(key)
    assert service.store.write_now(lambda c: revoke_key(c, key_id, now=clock.now()))
    assert service.call("GET", "/api/team", key=key).status == 401
    assert not service.store.write_now(lambda c: revoke_key(c, key_id, now=clock.now()))


def test_who_calls_is_checked_before_the_body_is_read(service: Service) -> None:
    answered = service.call("POST", SCHEDULED, content=b"{", headers={})
    assert answered.status == 401


def test_one_business_never_sees_what_is_another_s(service: Service) -> None:
    record = service.contact()
    employee = service.employee()
    activity = service.scheduled(associated_entities=[entity(record)])["id"]
    logged = service.call("POST", f"/api/activities/{CALL}/log-activity", {"related_objects": []}).json["id"]
    for path in (
        f"{SCHEDULED}/{activity}",
        f"/api/records/client_client/{record}",
        f"/api/team/{employee}",
        f"/api/activities/logged/{logged}",
    ):
        answered = service.call("GET", path, key=service.other)
        assert (answered.status, answered.json) == (404, {"detail": "Not found.", "code": "not_found"}), path
    for path in (SCHEDULED, "/api/role"):
        assert service.call("GET", path, key=service.other).json["count"] == 0
    assert service.call("GET", "/api/team", key=service.other).json == []


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_one_business_never_changes_what_is_another_s(service: Service, method: str) -> None:
    path = f"{SCHEDULED}/{service.scheduled()['id']}"
    body = {"activity_object_name": "call", "due_datetime": "2027-01-01T00:00:00Z"}
    assert service.call(method, path, body, key=service.other).status == 404
    assert service.call("GET", path).json["due_datetime"] == "2026-11-23T15:00:00Z"


def test_a_body_cannot_name_what_is_another_business_s(service: Service) -> None:
    record, employee = service.contact(), service.employee()
    body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}
    for field, value in (("employee_id", employee), ("associated_entities", [entity(record)])):
        answered = service.call("POST", SCHEDULED, {**body, field: value}, key=service.other)
        assert answered.status == 400
        assert answered.json[field][0]["code"] == "does_not_exist"


def test_seeded_ids_are_the_same_in_every_business(service: Service) -> None:
    for key in (service.admin, service.other):
        assert service.call("GET", "/api/activities/call", key=key).json["id"] == CALL
        assert service.call("GET", "/api/custom-objects/client_client", key=key).json["id"] == CONTACTS

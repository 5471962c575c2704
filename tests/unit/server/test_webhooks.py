"""Webhooks as the API configures them, and deliveries as it shows them; on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from cadence.model.people import stable_id
from cadence.server.store.keys import Scope
from cadence.server.store.schema import deliveries, logged_activities
from tests.unit.server.service import CALL, NOBODY

if TYPE_CHECKING:
    from tests.unit.server.service import Answered, Service

WEBHOOKS, DELIVERIES = "/api/webhooks", "/api/webhooks/deliveries"
URL = "https://8.8.8.8/hook"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def add(service: Service, **fields: Any) -> dict[str, Any]:
    answered = service.call("POST", WEBHOOKS, {"url": URL, **fields})
    assert answered.status == 201, answered.content
    shape: dict[str, Any] = answered.json
    return shape


def log(service: Service, kind: str = "call", **fields: Any) -> dict[str, Any]:
    answered = service.call("POST", f"/api/activities/{kind}/log-activity", {"related_objects": [], **fields})
    assert answered.status == 201, answered.content
    shape: dict[str, Any] = answered.json
    return shape


def told(service: Service, **query: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = service.call("GET", DELIVERIES, query=query).json["results"]
    return listed


def test_a_webhook_shows_its_secret_once_and_where_it_is_asked_for(service: Service) -> None:
    made = add(service, activity_object_name="call", secret=SECRET)
    assert made.pop("secret") == SECRET
    assert made == {
        "id": made["id"],
        "activity_object": {"id": CALL, "name": "Call", "api_name": "call"},
        "of_activity_object": False,
        "url": URL,
        "event": "activity.logged",
        "enabled": True,
        "disabled_reason": None,
        "created": "2026-11-20T15:00:00Z",
    }
    assert service.call("GET", f"{WEBHOOKS}/{made['id']}").json == made
    assert service.call("GET", WEBHOOKS).json["results"] == [made]
    assert service.call("GET", f"{WEBHOOKS}/{made['id']}/secret").json == {"secret": SECRET}


def test_a_secret_is_made_where_none_is_given(service: Service) -> None:
    assert add(service)["secret"].startswith("whsec_")
    assert add(service)["secret"] != add(service)["secret"]


REFUSED: list[tuple[Any, Any]] = [
    ({}, {"url": ["This field is required."]}),
    (
        {"url": "http://169.254.169.254/latest"},
        {
            "url": [
                {
                    "message": "Nothing can be sent there: '169.254.169.254' is not a public address.",
                    "code": "unreachable",
                }
            ]
        },
    ),
    (
        {"url": "ftp://example.com"},
        {
            "url": [
                {
                    "message": "Nothing can be sent there: its scheme is 'ftp', expected http or https.",
                    "code": "unreachable",
                }
            ]
        },
    ),
    ({"url": URL, "secret": "x"}, {"secret": ["Must be a secret: a secret begins with 'whsec_'."]}),
    ({"url": URL, "event": "x"}, {"event": ["Input should be 'activity.logged' or 'activity.completed'."]}),
    (
        {"url": URL, "activity_object_id": NOBODY},
        {"activity_object_id": [{"message": f"Activity object '{NOBODY}' does not exist.", "code": "does_not_exist"}]},
    ),
    (
        {"url": URL, "activity_object_id": CALL, "activity_object_name": "call"},
        {"non_field_errors": ["Give activity_object_id or activity_object_name, not both."]},
    ),
]


def test_what_cannot_be_a_webhook_is_refused(service: Service) -> None:
    for body, problem in REFUSED:
        answered = service.call("POST", WEBHOOKS, body)
        assert (answered.status, answered.json) == (400, problem)
    assert service.call("GET", WEBHOOKS).json["results"] == []


def test_only_administrators_meet_webhooks(service: Service) -> None:
    made = add(service)
    writer = service.key(Scope.WRITE)
    for method, path in [
        ("GET", WEBHOOKS),
        ("POST", WEBHOOKS),
        ("GET", DELIVERIES),
        ("GET", f"{WEBHOOKS}/{made['id']}/secret"),
    ]:
        assert service.call(method, path, {} if method == "POST" else None, key=writer).status == 403


def test_one_business_never_sees_anothers(service: Service) -> None:
    made = add(service)
    log(service)
    delivery = told(service)[0]
    paths = [f"{WEBHOOKS}/{made['id']}", f"{WEBHOOKS}/{made['id']}/secret", f"{DELIVERIES}/{delivery['id']}"]
    assert [service.call("GET", path, key=service.other).status for path in paths] == [404] * 3
    assert service.call("POST", f"{DELIVERIES}/{delivery['id']}/redeliver", key=service.other).status == 404
    assert service.call("DELETE", f"{WEBHOOKS}/{made['id']}", key=service.other).status == 404
    assert service.call("GET", WEBHOOKS, key=service.other).json["results"] == []
    assert service.call("GET", DELIVERIES, key=service.other).json["results"] == []


def test_writes_are_in_the_audit_without_the_secret(service: Service) -> None:
    made = add(service, secret=SECRET)
    service.call("PATCH", f"{WEBHOOKS}/{made['id']}", {"enabled": False})
    service.call("DELETE", f"{WEBHOOKS}/{made['id']}")
    answered: Answered = service.call("GET", "/api/audit", query={"subject_id": made["id"]})
    found = [(entry["action"], entry["fields"]) for entry in answered.json["results"]]
    assert found == [
        ("DELETE /api/webhooks/{id}", []),
        ("PATCH /api/webhooks/{id}", ["enabled"]),
        ("POST /api/webhooks", ["secret", "url"]),
    ]
    assert SECRET.encode() not in answered.content


def test_what_is_logged_is_told_to_who_listens_to_its_type(service: Service) -> None:
    of_calls = add(service, activity_object_name="call", event="activity.completed")["id"]
    of_all = add(service)["id"]
    add(service, activity_object_name="email")
    add(service, enabled=False)
    scheduled = service.scheduled()["id"]
    logged = log(service, scheduled_activity_id=scheduled)
    found = told(service)
    assert {(each["webhook_id"], each["event"]) for each in found} == {
        (of_calls, "activity.completed"),
        (of_all, "activity.logged"),
    }
    whole = service.call("GET", f"{DELIVERIES}/{told(service, webhook_id=of_all)[0]['id']}").json
    assert whole == {
        "id": stable_id("delivery", f"{of_all}:{logged['id']}"),
        "webhook_id": of_all,
        "event_id": f"msg_{logged['id']}",
        "event": "activity.logged",
        "state": "waiting",
        "next_attempt": "2026-11-20T15:00:00Z",
        "created": "2026-11-20T15:00:00Z",
        "finished": None,
        "payload": {
            "type": "activity.logged",
            "timestamp": "2026-11-20T15:00:00Z",
            "business_id": service.admin.business_id,
            "data": {
                "id": logged["id"],
                "logged_activity_id": logged["id"],
                "scheduled_activity_id": scheduled,
                "activity_object": {"id": CALL, "name": "Call", "api_name": "call"},
                "business_id": service.admin.business_id,
                "logged_at": "2026-11-20T15:00:00Z",
            },
        },
        "attempts": [],
    }


def test_what_is_not_logged_is_not_told(service: Service) -> None:
    add(service)
    body = {"related_objects": [], "scheduled_activity_id": NOBODY}
    assert service.call("POST", "/api/activities/call/log-activity", body).status == 400
    assert told(service) == []


def test_activity_and_delivery_are_written_together_or_not_at_all(service: Service) -> None:
    add(service)
    work = "CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries BEGIN SELECT RAISE(ABORT, 'no'); END"
    if service.store.read_now(lambda c: c.dialect.name) == "postgresql":
        work = "ALTER TABLE webhook_deliveries ADD CONSTRAINT refuse CHECK (state = 'no')"
    service.store.write_now(lambda c: c.exec_driver_sql(work))
    answered = service.call("POST", "/api/activities/call/log-activity", {"related_objects": []})
    assert answered.status == 409
    counts = select(
        *(select(func.count()).select_from(table).scalar_subquery() for table in (logged_activities, deliveries))
    )
    assert service.store.read_now(lambda c: tuple(c.execute(counts).one())) == (0, 0)


def test_a_type_with_a_webhook_url_has_a_webhook(service: Service) -> None:
    body = {"submission_action": "trigger_webhook", "webhook_url": URL}
    assert service.call("PATCH", "/api/activities/call", body).json["webhook_url"] == URL
    (made,) = service.call("GET", WEBHOOKS).json["results"]
    assert (made["url"], made["of_activity_object"], made["activity_object"]["id"]) == (URL, True, CALL)
    service.call("PATCH", "/api/activities/call", {"webhook_url": f"{URL}/2"})
    (changed,) = service.call("GET", WEBHOOKS).json["results"]
    assert changed == {**made, "url": f"{URL}/2"}
    service.call("PATCH", "/api/activities/call", {"webhook_url": None})
    (off,) = service.call("GET", WEBHOOKS).json["results"]
    assert (off["enabled"], off["disabled_reason"]) == (False, "the activity type has no webhook_url any more")
    service.call("PATCH", "/api/activities/call", {"webhook_url": URL, "submission_action": "redirect"})
    assert service.call("GET", WEBHOOKS).json["results"] == [off]
    service.call("PATCH", "/api/activities/call", {"submission_action": "trigger_webhook"})
    assert service.call("GET", WEBHOOKS).json["results"] == [made]


def test_a_new_type_may_bring_its_webhook(service: Service) -> None:
    made = service.call("POST", "/api/activities", {"name": "Visit", "webhook_url": URL}).json
    (webhook,) = service.call("GET", WEBHOOKS).json["results"]
    assert webhook["activity_object"]["id"] == made["id"]
    answered = service.call("POST", "/api/activities", {"name": "Other", "webhook_url": "http://localhost:1/"})
    assert answered.status == 400
    assert answered.json["webhook_url"][0]["code"] == "unreachable"


def test_what_waits_is_held_while_its_webhook_is_disabled(service: Service, clock: Any) -> None:
    made = add(service)
    log(service)
    service.call("PATCH", f"{WEBHOOKS}/{made['id']}", {"enabled": False})
    assert [each["state"] for each in told(service)] == ["held"]
    assert service.call("GET", f"{WEBHOOKS}/{made['id']}").json["disabled_reason"] == "disabled by hand"
    refused = service.call("POST", f"{DELIVERIES}/{told(service)[0]['id']}/redeliver")
    assert refused.json == {
        "webhook_id": [{"message": "The webhook is disabled; enable it first.", "code": "webhook_disabled"}]
    }
    clock.advance(3600)
    service.call("PATCH", f"{WEBHOOKS}/{made['id']}", {"enabled": True})
    (released,) = told(service, state="waiting")
    assert released["next_attempt"] == "2026-11-20T16:00:00Z"


def test_a_webhook_takes_its_deliveries_along(service: Service) -> None:
    made = add(service)
    log(service)
    assert service.call("DELETE", f"{WEBHOOKS}/{made['id']}").status == 204
    assert told(service) == []

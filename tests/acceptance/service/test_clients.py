"""Programs against `cadence serve` on SQLite and PostgreSQL: scripts as others write them for the CRM, and our own client.

The scripts know nothing of this project: httpx, the three headers, and what the CRM's pages say of its calls.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.cli.conftest import DESK, FOLLOW_UP, RECORDS, TEAM
from tests.acceptance.service.listening import listening, until
from tests.acceptance.service.running import cadence, make_key, name_target, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.acceptance.service.running import Key, Served

pytestmark = pytest.mark.slow
TASKS = "/api/activities/scheduled-activity"
CONTACTS = "/api/records/client_client"


@contextmanager
def crm(folder: Path, db: str, **environ: str) -> Iterator[tuple[Served, Key, httpx.Client]]:
    """Yield a service of a business of its own, an administrator's key of it, and a client with that key."""
    key = make_key(folder, "--db", db, "--business", "new", "--user", "new", "--scope", "admin")
    with serve(folder, "--db", db, environ=environ) as served, served.client(key) as client:
        yield served, key, client


def ok(answered: httpx.Response) -> Any:
    """Return what a script reads of an answer, which quotes its request where it is none."""
    assert answered.is_success, f"{answered.text} (request {answered.headers['X-Request-ID']})"
    return answered.json()


def all_of(client: httpx.Client, path: str, **query: str) -> list[dict[str, Any]]:
    """Follow a list by its absolute links to the end."""
    rows, page = [], ok(client.get(path, params=query))
    rows += page["results"]
    while page["next"]:
        page = ok(client.get(page["next"]))
        assert page["errors"] == []
        rows += page["results"]
    assert len(rows) == page["count"]
    return rows


def unwrapped(value: Any) -> Any:
    """Return a field's value out of whatever it is wrapped in."""
    while isinstance(value, dict) and "value" in value:
        value = value["value"]
    return value.get("name", value.get("id")) if isinstance(value, dict) else value


def test_a_script_schedules_works_and_reports(tmp_path: Path, db: str) -> None:
    with crm(tmp_path, db) as (_, key, client):
        visit = ok(client.post("/api/activities", json={"name": "Site Visit", "api_name": "Site Visit"}))
        assert ok(client.get(f"/api/activities/{visit['api_name']}"))["id"] == visit["id"]
        (notes,) = ok(client.get(f"/api/activities/{visit['id']}/fields"))
        contacts = ok(client.get("/api/custom-objects/client_client"))
        added = ok(client.post(f"{CONTACTS}/add", json={"fields": [{"name": "email", "value": "ana@example.com"}]}))
        ana = ok(client.get(f"{CONTACTS}/lookup", params={"identifier": "ana@example.com"}))
        assert ana["id"] == added["id"]

        forms = (
            {"custom_object": contacts["id"], "entity_id": ana["id"]},
            {"custom_object_id": contacts["id"], "entity_id": ana["id"]},
            {"custom_object": {"name": "client_client"}, "entity": {"name": "ana@example.com"}},
            {"custom_object": {"id": contacts["id"]}, "entity": {"id": ana["id"]}},
        )
        made = [
            ok(client.post(TASKS, json={"activity_object_id": visit["id"], "due_datetime": f"2026-12-0{day}T09:00:00+01:00",
                                        "associated_entities": [form], "note": f"<p>Visit {day}</p>"}))
            for day, form in enumerate(forms, start=1)
        ]  # fmt: skip
        for task in made:
            (entity,) = task["associated_entities"]
            assert (entity["object_api_name"], entity["entity_id"]) == ("client_client", ana["id"])
            assert (task["completed_at"], task["logged_activity_id"]) == (None, None)

        task = f"{TASKS}/{made[0]['id']}"
        moved = ok(client.patch(task, json={"due_datetime": "2026-12-24T09:00:00Z"}))
        assert (moved["due_datetime"], moved["original_due_datetime"]) == (
            "2026-12-24T09:00:00Z",
            "2026-12-01T08:00:00Z",
        )
        assert ok(client.patch(f"{task}/notes", json={"note": "Bring cake"}))["note"] == "Bring cake"
        refused = client.patch(task, json={"activity_object_name": "call"})
        assert (refused.status_code, refused.json()["activity_object_name"][0]["code"]) == (400, "create_only")

        body = {
            "related_objects": [{"custom_object": contacts["id"], "entity_id": ana["id"]}],
            "scheduled_activity_id": made[0]["id"],
            "notes": None,
            "fields": [{"id": notes["id"], "value": "went well"}],
        }
        log = f"/api/activities/{visit['api_name']}/log-activity"
        logged = ok(client.post(log, json=body))
        assert client.post(log, json=body).status_code == 400
        done = ok(client.get(task))
        assert (done["logged_activity_id"], done["completed_at"]) == (logged["id"], logged["completed_at"])
        assert ok(client.get(f"/api/activities/logged/{logged['id']}"))["scheduled_activity_id"] == made[0]["id"]
        assert [row["id"] for row in ok(client.post(f"/api/activities/{visit['id']}/responses"))["results"]] == [
            logged["id"]
        ]
        assert client.get("/api/activities/logged").status_code == 404
        assert (logged["logged_by"], logged["completed_by"]) == (key.user_id, key.user_id)

        assert [client.delete(f"{TASKS}/{each['id']}").status_code for each in made[1:]] == [204] * 3
        assert [row["id"] for row in all_of(client, TASKS)] == [made[0]["id"]]


def test_a_script_looks_before_it_creates_again(tmp_path: Path, db: str) -> None:
    """It marks what it makes, and asks by type, window and text, in every way there is to ask."""
    with crm(tmp_path, db) as (_, _, client):
        for number in range(23):
            body = {
                "activity_object_name": "call",
                "due_datetime": f"2026-12-{number + 1:02}T09:00:00Z",
                "note": f"[import {number}]",
            }
            ok(client.post(TASKS, json=body))
        window = {"from_date": "2026-12-05T09:00:00Z", "to_date": "2026-12-15T10:00:00+01:00", "activity_name": "call"}
        expected = [f"[import {number}]" for number in range(4, 15)]
        assert [row["note"] for row in all_of(client, TASKS, page_size="4", **window)] == expected
        assert [row["note"] for row in all_of(client, f"{TASKS}/search", page_size="4", **window)] == expected
        assert [row["note"] for row in all_of(client, TASKS, ordering="-due_datetime", **window)] == expected[::-1]
        page, found = ok(client.post(f"{TASKS}/search", json={**window, "page_size": 4})), []
        found += page["results"]
        while page["next"]:
            page = ok(client.post(page["next"], json={**window, "page_size": 4}))
            found += page["results"]
        assert [row["note"] for row in found] == expected
        assert [row["note"] for row in all_of(client, TASKS, search="[IMPORT 7]")] == ["[import 7]"]
        both = client.get(TASKS, params={"activity_name": "call", "activity_id": found[0]["activity_object"]["id"]})
        assert both.status_code == 400
        unknown = client.post(TASKS, json={"activity_object_name": "fax", "due_datetime": "2026-12-01T09:00:00Z"})
        assert (unknown.status_code, unknown.json()["activity_object_name"][0]["code"]) == (400, "does_not_exist")
        assert ok(client.get(TASKS))["count"] == 23


def test_a_script_reads_people_records_and_the_business(tmp_path: Path, db: str) -> None:
    with crm(tmp_path, db) as (_, _, client):
        role = ok(client.post("/api/role", json={"name": "CSM"}))
        bo = ok(client.post("/api/team", json={"display_name": "Bo Berg", "email": "bo@example.com", "roles": ["CSM"]}))
        assert [person["id"] for person in ok(client.get("/api/team"))] == [bo["id"]]
        assert ok(client.get("/api/team/typeahead", params={"search": "berg"}))["results"][0]["id"] == bo["id"]
        assert all_of(client, "/api/team", page_size="1") == [ok(client.get(f"/api/team/{bo['id']}"))]
        assert all_of(client, "/api/role") == [role]
        ok(client.patch("/api/business/mine", json={"timezone": "Europe/Paris", "country": "FR"}))
        business = ok(client.get("/api/business/mine"))
        assert (business["country"], business["timezone"]["identifier"]) == ("FR", "Europe/Paris")

        kept = {
            "email": "ana@example.com",
            "seats": 30,
            "owner": {"id": bo["id"], "name": "Bo Berg"},
            "plan": {"value": {"value": "gold"}},
        }
        fields = [{"name": name, "value": value} for name, value in kept.items()]
        upsert = {"lookup_value": "ana@example.com", "fields": fields}
        first, second = (ok(client.post(f"{CONTACTS}/upsert", json=upsert)) for _ in range(2))
        assert (first["action"], second["action"], second["id"]) == ("created", "updated", first["id"])
        record = ok(client.get(f"{CONTACTS}/{first['id']}", params={"field_names": "seats,plan,owner"}))
        values = {field["name"]: unwrapped(field["value"]) for field in record["fields"].values()}
        assert values == {"seats": 30, "owner": "Bo Berg", "plan": "gold"}
        asked = {"field_names": ["email"], "query": [{"field": "seats", "condition": "=", "value": 30}], "and": True}
        (row,) = ok(client.post(f"{CONTACTS}/search", json=asked, params={"page_size": 5}))["results"]
        assert [field["value"] for field in row["fields"].values()] == ["ana@example.com"]
        missing = client.get(f"{CONTACTS}/lookup")
        assert (missing.status_code, missing.json()["identifier"][0]["code"]) == (400, "required")
        assert client.get(f"{CONTACTS}/lookup", params={"identifier": "ANA@example.com"}).status_code == 404


def test_a_script_that_waits_as_it_is_told_gets_everything_through(tmp_path: Path, db: str) -> None:
    with crm(tmp_path, db, CADENCE_SERVICE__RATE="20") as (_, _, client):
        made = [
            persistent(client, {"activity_object_name": "call", "due_datetime": "2026-12-01T09:00:00Z"})
            for _ in range(60)
        ]
        assert len({task["id"] for task in made}) == 60
        assert persistent(client)["count"] == 60


def persistent(client: httpx.Client, body: Any = None) -> Any:
    """Ask, again where one is told to, after as long as one is told."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        answered = client.get(TASKS) if body is None else client.post(TASKS, json=body)
        if answered.status_code != 429:
            return ok(answered)
        time.sleep(float(answered.headers["Retry-After"]))  # noqa: TID251 - what a client does that is told to wait
    raise TimeoutError("nothing but 429 for 30 s")


def test_a_script_of_somebody_s_own_verifies_a_webhook_and_reads_what_it_is_about(tmp_path: Path, db: str) -> None:
    with listening() as receiver, crm(tmp_path, db, CADENCE_SERVICE__WEBHOOKS_ALLOW=receiver.place) as (_, key, client):
        hook = {"submission_action": "trigger_webhook", "webhook_url": f"http://{receiver.place}/hook"}
        ok(client.patch("/api/activities/call", json=hook))
        (webhook,) = ok(client.get("/api/webhooks"))["results"]
        secret = ok(client.get(f"/api/webhooks/{webhook['id']}/secret"))["secret"]
        task = ok(client.post(TASKS, json={"activity_object_name": "call", "due_datetime": "2026-12-01T09:00:00Z"}))
        body = {"related_objects": [], "scheduled_activity_id": task["id"]}
        logged = ok(client.post("/api/activities/call/log-activity", json=body))
        until(lambda: bool(receiver.told))
        headers, content = receiver.told[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
        digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        told = json.loads(content)
        assert (told["type"], told["data"]["business_id"]) == ("activity.logged", key.business_id)
        assert (told["data"]["id"], told["data"]["scheduled_activity_id"]) == (logged["id"], task["id"])
        assert told["data"]["activity_object"]["api_name"] == "call"
        assert ok(client.get(f"/api/activities/logged/{told['data']['id']}")) == logged


def test_our_own_client_imports_plans_applies_once_and_is_told_apart(
    tmp_path: Path, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was applied is there for others' scripts; a second run sends nothing; a key that reads sends nothing either."""
    files = {
        "team.yaml": TEAM,
        "records.csv": RECORDS,
        "sequences/follow-up.yaml": FOLLOW_UP,
        "sequences/calendars/desk.yaml": DESK,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with crm(tmp_path, db) as (served, key, client):
        reader = make_key(tmp_path, "--db", db, "--business", key.business_id, "--user", key.user_id, "--scope", "read")
        name_target(monkeypatch, served, key)
        for arguments in (("team", "import", "team.yaml"), ("records", "import", "records.csv")):
            run(tmp_path, *arguments, "--target", "ours")
        name_target(monkeypatch, served, reader)
        refused = cadence(tmp_path, "apply", "follow-up", "--record", "mia@example.com", "--target", "ours")
        assert refused.returncode == 1
        assert ok(client.get(TASKS))["count"] == 0
        name_target(monkeypatch, served, key)
        run(tmp_path, "retry", "--target", "ours")
        for _ in range(2):
            run(tmp_path, "apply", "follow-up", "--records", "records.csv", "--target", "ours")
            rows = all_of(client, TASKS, page_size="2")
            assert sorted(row["activity_object"]["api_name"] for row in rows) == [
                "call",
                "call",
                "email",
                "email",
                "task",
            ]
            assert all("[cadence " in row["note"] for row in rows)
            assert {row["associated_entities"][0]["display_name"] for row in rows} == {"Mia Wolf", "Raj Patel"}


def run(folder: Path, *arguments: str) -> None:
    done = cadence(folder, *arguments)
    assert done.returncode == 0, done.stderr

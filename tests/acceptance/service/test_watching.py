"""What is seen of requests from outside: the log, the metrics, and whether the database answers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.requests import Request

from cadence.clock import SystemClock
from cadence.config import Settings
from cadence.server.store.keys import Scope
from cadence.server.store.opening import open_store
from cadence.service.application import build_service
from cadence.service.keys import KeyWish, make_key
from cadence.service.metrics import is_from_here
from tests import postgres
from tests.acceptance.service.running import SCHEDULED, Key, cadence, serve
from tests.acceptance.service.running import make_key as make_key_by_command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
NOTE = "the note nobody else may read"


def test_a_request_is_a_line_in_the_log_without_key_query_or_note(tmp_path: Path) -> None:
    key = make_key_by_command(tmp_path)
    with serve(tmp_path) as served, served.client(key) as client:
        body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": NOTE}
        made = client.post(SCHEDULED, json=body, headers={"X-Request-ID": "r-1"}).json()
        client.get(f"{SCHEDULED}/{made['id']}", params={"search": NOTE})
        client.get(f"/api/{NOTE}")
        client.get("/api/team", headers={"X-API-KEY": "wrong"})
        metrics = client.get("/metrics").text
        served.process.terminate()
        served.process.wait(timeout=20)
        text = served.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    shown = [(line["method"], line["path"], line["status"]) for line in lines]
    assert shown == [
        ("POST", "/api/activities/scheduled-activity", 201),
        ("GET", "/api/activities/scheduled-activity/{id}", 200),
        ("GET", "-", 404),
        ("GET", "/api/team", 401),
        ("GET", "/metrics", 200),
    ]
    assert (lines[0]["request_id"], bool(lines[0]["key_id"]), lines[3]["key_id"]) == ("r-1", True, "")
    assert set(lines[0]) == {"at", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "key_id"}
    assert key.api_key not in text
    assert NOTE not in text
    assert made["id"] not in text
    assert 'cadence_requests_total{method="POST",path="/api/activities/scheduled-activity",status="201"} 1.0' in metrics
    assert "cadence_writes_total" in metrics
    assert NOTE not in metrics


def test_metrics_are_for_this_machine_and_for_administrators(tmp_path: Path) -> None:
    clock = SystemClock()
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        app = build_service(store, clock=clock, settings=Settings(root=tmp_path))
        keys = {scope: make_key(store, KeyWish(scope=scope), now=clock.now()) for scope in Scope}

        def status(client: str, scope: Scope | None = None) -> int:
            return asyncio.run(ask(client, scope))

        async def ask(client: str, scope: Scope | None) -> int:
            issued = keys[scope] if scope else None
            headers = Key(issued.api_key, issued.business_id, issued.user_id).headers if issued else {}
            transport = httpx.ASGITransport(app=app, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as calling:
                return (await calling.get("/metrics", headers=headers)).status_code

        assert status("127.0.0.1") == 200
        assert status("::1") == 200
        assert status("192.0.2.7") == 401
        assert status("192.0.2.7", Scope.WRITE) == 403
        assert status("192.0.2.7", Scope.ADMIN) == 200


def test_a_revoked_key_reads_no_metrics_though_this_process_knows_it(tmp_path: Path) -> None:
    key = make_key_by_command(tmp_path, "--scope", "admin")
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}  # which is believed of a proxy on this machine
    with serve(tmp_path) as served, served.client(key) as client:
        assert client.get("/metrics", headers=elsewhere).status_code == 200
        assert cadence(tmp_path, "keys", "revoke", key.api_key[:10]).returncode == 0
        assert client.get("/metrics", headers=elsewhere).status_code == 401


def test_who_has_no_address_is_not_from_here() -> None:
    assert not is_from_here(Request({"type": "http", "client": None}))
    assert not is_from_here(Request({"type": "http", "client": ("testclient", 1)}))


def test_readiness_asks_the_database(tmp_path: Path) -> None:
    own = postgres.OwnServer()
    with serve(tmp_path, "--db", own.url) as served, served.client() as client:
        assert client.get("/readyz").status_code == 200
        own("stop")
        refused = client.get("/readyz")
        assert (refused.status_code, refused.json()["status"]) == (503, "unavailable")
        assert client.get("/healthz").status_code == 200
        own("start")
        assert client.get("/readyz").status_code == 200

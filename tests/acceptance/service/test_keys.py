"""`cadence keys`, and what a key opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.service.running import SCHEDULED, cadence, make_key, serve

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
CALL = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}


def test_a_key_is_shown_once_and_listed_by_its_first_characters(tmp_path: Path) -> None:
    key = make_key(tmp_path, "--scope", "read", "--name", "reports")
    listed = cadence(tmp_path, "keys", "list", "--format", "json")
    assert key.api_key not in listed.stdout
    (row,) = json.loads(listed.stdout)
    assert row == {
        "id": row["id"],
        "prefix": key.api_key[:10],
        "name": "reports",
        "scope": "read",
        "business_id": key.business_id,
        "user_id": key.user_id,
        "created": row["created"],
        "last_used": None,
        "revoked": None,
    }
    assert key.api_key.encode() not in (tmp_path / ".cadence" / "activities.db").read_bytes()


def test_new_makes_a_business_and_a_user_of_their_own(tmp_path: Path) -> None:
    first = make_key(tmp_path, "--business", "new", "--user", "new")
    second = make_key(tmp_path, "--business", "new", "--user", "new")
    third = make_key(tmp_path, "--business", first.business_id, "--user", first.user_id)
    assert first.business_id != second.business_id
    assert (third.business_id, third.user_id) == (first.business_id, first.user_id)
    assert len({first.api_key, second.api_key, third.api_key}) == 3


def test_a_scope_includes_those_before_it_and_a_revoked_key_opens_nothing(tmp_path: Path) -> None:
    keys = {scope: make_key(tmp_path, "--scope", scope) for scope in ("read", "write", "admin")}
    with serve(tmp_path) as served:

        def statuses(scope: str) -> list[int]:
            with served.client(keys[scope]) as client:
                return [
                    client.get(SCHEDULED).status_code,
                    client.post(SCHEDULED, json=CALL).status_code,
                    client.post("/api/role", json={"name": f"role of {scope}"}).status_code,
                ]

        assert [statuses(scope) for scope in keys] == [[200, 403, 403], [200, 201, 403], [200, 201, 201]]
        done = cadence(tmp_path, "keys", "revoke", keys["admin"].api_key[:10])
        assert done.returncode == 0, done.stderr
        assert statuses("admin") == [401, 401, 401]
        assert statuses("write") == [200, 201, 403]
    rows = {row["scope"]: row for row in json.loads(cadence(tmp_path, "keys", "list", "--format", "json").stdout)}
    assert rows["write"]["last_used"] is not None
    assert [scope for scope, row in rows.items() if row["revoked"]] == ["admin"]
    assert done.stdout == f"revoked {rows['admin']['id']}\n"


def test_what_a_key_cannot_be_made_for_is_refused_in_words(tmp_path: Path) -> None:
    nobody = "00000000-0000-4000-8000-00000000dead"
    assert refusal(tmp_path, "create", "--business", nobody) == (
        f"error: no business '{nobody}' in this store\nhint: `--business new` makes one\n"
    )
    assert refusal(tmp_path, "create", "--user", "kim") == "error: user 'kim' is not an id, expected a UUID or 'new'\n"
    assert refusal(tmp_path, "revoke", "cad_nobody") == (
        "error: no key answers to 'cad_nobody'\nhint: `cadence keys list` shows their ids\n"
    )


def refusal(folder: Path, *arguments: str) -> str:
    done = cadence(folder, "keys", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr

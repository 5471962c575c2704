"""Files into a store of one's own, and into one that is served."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.service.running import cadence, make_key, name_target, serve

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

TEAM = "roles: [csm]\nteam:\n  - {name: Ana Ruiz, email: ana@example.com, timezone: America/New_York, roles: [csm]}\n"
RECORDS = "email,first_name,seats\nmaya@example.com,Maya,30\n"
TYPES = (
    "name,api_name,description,objects\n"
    "Site visit,site_visit,On the spot,client_client\n"
    "Call,call,,\n"
    "Break,,,none\n"
    "Fax,fax,,deals\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "team.yaml").write_text(TEAM)
    (tmp_path / "records.csv").write_text(RECORDS)
    (tmp_path / "types.csv").write_text(TYPES)
    return tmp_path


def test_a_store_named_by_db_takes_files(folder: Path) -> None:
    db = ("--db", f"sqlite:///{folder / 'elsewhere' / 'store.db'}")
    assert cadence(folder, "team", "import", "team.yaml", *db).stdout == "employee: 1 created, 0 updated\n"
    assert cadence(folder, "records", "import", "records.csv", *db).stdout == "record: 1 created, 0 updated\n"
    done = cadence(folder, "activities", "import", "types.csv", *db)
    assert (done.returncode, done.stdout) == (1, "activity types: 2 created, 1 updated, 1 not taken\n")
    assert "types.csv:5:1: error[bad-row] unknown object 'deals'" in done.stderr
    assert modes(folder, *db) == {
        "break": "no_objects_associated",
        "call": "all_objects_associated",
        "email": "all_objects_associated",
        "meeting": "all_objects_associated",
        "site_visit": "selected_objects_associated",
        "task": "all_objects_associated",
    }
    assert not (folder / ".cadence").exists()


def test_a_served_store_takes_the_same_files_from_an_administrator(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(folder, "--business", "new", "--scope", "admin")
    with serve(folder) as served, served.client(key) as client:
        name_target(monkeypatch, served, key)
        for _ in range(2):
            for arguments in (("team", "team.yaml"), ("records", "records.csv"), ("activities", "types.csv")):
                noun, path = arguments
                done = cadence(folder, noun, "import", path, "--target", "ours")
                assert done.returncode == (1 if noun == "activities" else 0), done.stderr
        assert [row["display_name"] for row in client.get("/api/team").json()] == ["Ana Ruiz"]
        assert [row["name"] for row in client.get("/api/role").json()["results"]] == ["csm"]
        found = client.get("/api/records/client_client/lookup", params={"identifier": "maya@example.com"}).json()
        assert {field["name"]: field["value"] for field in found["fields"].values()}["seats"] == 30
        assert client.get("/api/activities/site_visit").json()["description"] == "On the spot"


def test_db_and_target_name_two_places(folder: Path) -> None:
    done = cadence(folder, "team", "list", "--db", "sqlite:///x.db", "--target", "kizen")
    assert (done.returncode, done.stderr) == (
        1,
        "error: --db and --target name two places\nhint: see `cadence team list --help`\n",
    )


def modes(folder: Path, *arguments: str) -> dict[str, str]:
    rows = json.loads(cadence(folder, "activities", "list", "--format", "json", *arguments).stdout)
    return {row["api_name"]: row["association_mode"] for row in rows}

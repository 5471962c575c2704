"""Preview where another store is served than the project's own: it plans for what is served."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.service.running import SCHEDULED, cadence, make_key, serve
from tests.pages import MIA, Visitor, furnish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.service.running import Key, Served

pytestmark = pytest.mark.slow
RECORDS = "email,first_name,last_name,timezone\nzoe@example.com,Zoe,Zorn,Europe/Rome\n"
SEQUENCE = "sequence: solo\nsteps:\n  - {id: one, activity: call, due: 1 day after start at 10:00, window: any}\n"


def other_store(folder: Path) -> tuple[str, Key]:
    """A store beside the project's own, in which there is Zoe."""
    url = f"sqlite:///{folder / 'other.db'}"
    key = make_key(folder, "--db", url, "--scope", "admin")
    (folder / "zoe.csv").write_text(RECORDS, encoding="utf-8")
    assert cadence(folder, "records", "import", "zoe.csv", "--db", url).returncode == 0
    return url, key


def previewed(visitor: Visitor, record: str) -> dict[str, object]:
    answer = visitor.do("/preview/plan.json", {"text": SEQUENCE, "record": record, "start": "2031-03-03T10:00"})
    assert answer.status_code == 200, answer.text
    plan: dict[str, object] = answer.json()
    return plan


def test_a_plan_of_preview_is_for_the_store_that_is_served_and_can_be_applied_there(tmp_path: Path) -> None:
    office = furnish(tmp_path)
    url, key = other_store(tmp_path)
    with serve(tmp_path, "--db", url) as served:
        visitor = Visitor(served, key)
        plan = previewed(visitor, "zoe@example.com")
        assert plan["target"] == {"name": "service", "base_url": served.base_url, "business_id": key.business_id}
        assert "is not in target" in visitor.do("/preview/drawing", {"text": SEQUENCE, "record": MIA}).text
        (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        assert "1 scheduled" in apply(tmp_path, served, key)
        with served.client(key) as client:
            assert client.get(SCHEDULED).json()["count"] == 1
        assert "Zoe Zorn" in visitor.see("/enrollments?q=solo")
        assert visitor.proof
    assert office.key_of("Zoe Zorn")


def apply(folder: Path, served: Served, key: Key) -> str:
    """Apply the plan to the service as to any CRM, which the pages then know as their own."""
    target = {
        "BASE_URL": served.base_url,
        "BUSINESS_ID": key.business_id,
        "USER_ID": key.user_id,
        "API_KEY": key.api_key,
    }
    environ = {**os.environ, **{f"CADENCE_TARGETS__HERE__{name}": value for name, value in target.items()}}
    done = subprocess.run(
        [sys.executable, "-m", "cadence", "apply", "plan.json"],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_where_settings_name_the_service_the_plan_is_for_that_target(tmp_path: Path) -> None:
    url, key = other_store(tmp_path)
    environ = {
        "CADENCE_SERVICE__PUBLIC_URL": "http://crm.example",
        "CADENCE_TARGETS__OURS__BASE_URL": "http://crm.example/",
        "CADENCE_TARGETS__OURS__BUSINESS_ID": key.business_id,
    }
    with serve(tmp_path, "--db", url, environ=environ) as served:
        plan = previewed(Visitor(served, key), "zoe@example.com")
    assert plan["target"] == {"name": "ours", "base_url": "http://crm.example", "business_id": key.business_id}


def test_the_projects_own_store_is_known_however_its_path_is_written(tmp_path: Path) -> None:
    office = furnish(tmp_path)
    for url in ("sqlite:///.cadence/activities.db", f"sqlite:///{tmp_path}/.cadence/../.cadence/activities.db"):
        with serve(tmp_path, "--db", url) as served:
            plan = previewed(Visitor(served, office.admin), MIA)
            assert plan["target"] == {
                "name": "local", "base_url": "http://localhost", "business_id": office.admin.business_id,
            }  # fmt: skip


def test_what_the_check_and_the_plan_both_say_of_a_line_is_shown_once(tmp_path: Path) -> None:
    office = furnish(tmp_path)
    unassigned = "sequence: hello\nsteps:\n  - {id: call, activity: call, due: 1 day after start}\n"
    with serve(office.folder) as served:
        drawn = Visitor(served, office.admin).do("/preview/drawing", {"text": unassigned, "record": MIA})
    assert drawn.text.count("[no-assign]") == 1

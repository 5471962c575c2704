"""An enrollment shows what became of what was sent: done, moved, gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.clock import SystemClock
from tests.acceptance.service.running import SCHEDULED, serve
from tests.pages import Office, Visitor, furnish

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

pytestmark = pytest.mark.slow


def activities(client: httpx.Client, office: Office) -> dict[str, dict[str, Any]]:
    """The activities of Mia's enrollment, by step."""
    with office.ledger() as ledger:
        key = office.key_of("Mia Wolf")
        rows = ledger.execute("SELECT step, activity_id FROM entries WHERE enrollment = ?", (key,)).fetchall()
    return {step: client.get(f"{SCHEDULED}/{activity_id}").json() for step, activity_id in rows}


def test_what_is_done_moved_or_deleted_in_the_service_is_shown_so(tmp_path: Path) -> None:
    office = furnish(tmp_path)
    with serve(tmp_path) as served, served.client(office.admin) as client:
        visitor = Visitor(served, office.admin)
        path = f"/enrollments/{office.key_of('Mia Wolf')}"
        before = visitor.see(path)
        assert (before.count('chip-good">scheduled<'), "is completed" in before) == (3, False)
        found = activities(client, office)
        done = {"related_objects": [], "scheduled_activity_id": found["hello"]["id"]}
        client.post("/api/activities/email/log-activity", json=done).raise_for_status()
        later = (SystemClock().now() + timedelta(days=12)).isoformat()
        client.patch(f"{SCHEDULED}/{found['call']['id']}", json={"due_datetime": later}).raise_for_status()
        client.delete(f"{SCHEDULED}/{found['offer']['id']}").raise_for_status()
        page = visitor.see(path)
    assert (page.count('chip-good">done<'), page.count('chip-good">scheduled<')) == (1, 2)
    assert "kept: is completed" in page
    assert "moved in the CRM; ours was" in page
    assert "kept: was moved in the CRM, and stays" in page
    assert "is not in the CRM any more" in page
    assert "4 days after start at 10:00" in page

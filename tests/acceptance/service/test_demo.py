"""`cadence serve --demo`: every page shows a team at work, and what is the user's own is not touched."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.service.listening import until
from tests.acceptance.service.running import SCHEDULED, serve
from tests.pages import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    with serve(folder, "--demo", environ={"TMPDIR": str(folder)}) as served:
        yield served


@pytest.fixture
def visitor(demo: Served) -> Visitor:
    arrived = Visitor(demo)
    arrived.get("/today")
    arrived.proof = arrived.proof_on("/zone")
    return arrived


def counts(page: str) -> dict[str, int]:
    """What the tabs of the ledger say."""
    return {name: int(number) for name, number in re.findall(r'show=(\w+)"[^>]*>[^<]*<b>(\d+)</b>', page)}


def test_there_is_work_overdue_and_to_come_and_each_task_of_a_sequence_says_why(visitor: Visitor) -> None:
    page = visitor.see("/today")
    overdue, week = (int(re.findall(rf"<b>(\d+)</b> {words}", page)[0]) for words in ("overdue", "in the next 7 days"))
    assert (overdue > 3, week > 10) == (True, True)
    planned = re.findall(r'href="(/today/[^"]+/enrollment)"', page)
    assert visitor.get(planned[0]).headers["location"].startswith("/enrollments/")
    assert "chip-good" in visitor.see("/today?state=done&q=[cadence")


def test_sequences_were_applied_over_weeks_and_each_enrollment_is_drawn_with_its_why(visitor: Visitor) -> None:
    page = visitor.see("/enrollments")
    keys = dict.fromkeys(re.findall(r"/enrollments/([0-9a-f]{32})", page))
    assert len(keys) == 22
    for name in ("first-month", "renewal", "outreach"):
        (newest, *_) = re.findall(r"/enrollments/([0-9a-f]{32})", visitor.see(f"/enrollments?q={name}&state=scheduled"))
        shown = visitor.see(f"/enrollments/{newest}")
        assert ('class="tl-lanes"' in shown, "This is what the ledger has." in shown) == (True, False)


def test_somebody_is_on_leave_and_preview_opens_the_sequences(visitor: Visitor) -> None:
    assert "heat-away" in visitor.see("/load")
    page = visitor.see("/preview?sequence=renewal.yaml")
    assert re.findall(r"<option(?: selected)?>(\S+\.yaml)<", page) == [
        "first-month.yaml",
        "outreach.yaml",
        "renewal.yaml",
    ]
    assert "error[" not in page


def test_what_went_wrong_can_be_settled_tried_again_and_decided(visitor: Visitor) -> None:
    page = visitor.see("/ledger?show=parked")
    assert {**counts(page), "waiting": 0} == {"doubt": 2, "parked": 1, "rejected": 1, "waiting": 0}
    assert counts(page)["waiting"] > 0
    assert "Settled: " in (settled := visitor.do("/ledger/settle?show=doubt").text)
    assert ("1 adopted" in settled, counts(settled)["doubt"]) == (True, 0)
    (entry,) = re.findall(r'id="entry-([0-9a-f]{32})"', page)
    copies = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", page.partition("found in the CRM with its marker")[2])[:2]
    decided = visitor.do("/ledger/resolve", {"entry": entry, "way": "adopt", "activity_id": min(copies)}).text
    assert ("adopted; settle to go on" in decided, counts(decided)["parked"]) == (True, 0)
    assert "permission_required" in visitor.see("/ledger?show=rejected")
    tried = visitor.do("/ledger/retry?show=rejected").text
    assert ("Tried again: " in tried, counts(tried)["rejected"]) == (True, 0)
    visitor.do("/ledger/settle")
    assert counts(visitor.see("/ledger")) == {"doubt": 0, "parked": 0, "rejected": 0, "waiting": 0}


def test_webhooks_went_out_and_one_leads_nowhere(visitor: Visitor) -> None:
    until(lambda: "/hooks/crm" in visitor.see("/ledger/deliveries?state=delivered"))
    until(lambda: "answered 404" in visitor.see("/ledger/deliveries?state=waiting"))


def test_it_is_made_beside_the_project_and_goes_with_the_process(tmp_path: Path) -> None:
    project, scratch = tmp_path / "project", tmp_path / "scratch"
    for folder in (project, scratch):
        folder.mkdir()
    (project / "cadence.toml").write_text('[ledger]\nurl = "sqlite:///own.db"\n', encoding="utf-8")
    with serve(project, "--demo", environ={"TMPDIR": str(scratch)}) as served:
        assert (scratch / next(scratch.iterdir()).name / ".cadence" / "ledger.db").is_file()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=30) == 0
    assert sorted(path.name for path in project.iterdir()) == ["cadence.toml", "serve.log"]
    assert list(scratch.iterdir()) == []


def test_in_a_store_of_ones_own_it_is_made_once(tmp_path: Path) -> None:
    store, environ = f"sqlite:///{tmp_path / 'own.db'}", {"TMPDIR": str(tmp_path)}
    found = []
    for _ in range(2):
        with serve(tmp_path, "--demo", "--db", store, environ=environ) as served:
            headers = dict(line.strip().split(": ") for line in served.log.read_text().splitlines()[1:4])
            with served.client() as client:
                found.append(client.get(SCHEDULED, headers=headers).json()["count"])
    assert found[0] == found[1]

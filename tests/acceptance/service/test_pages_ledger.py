"""Enrollments and Ledger over whatever ledger there is, or is not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.clock import SystemClock
from cadence.ledger import open_ledger
from tests import postgres
from tests.acceptance.service.listening import until
from tests.acceptance.service.running import serve
from tests.pages import Office, Visitor, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
DEAF = "127.0.0.1:9"
"""Where nobody listens."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return furnish(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    with serve(office.folder, environ={"CADENCE_SERVICE__WEBHOOKS_ALLOW": DEAF}) as running:
        yield running


@pytest.fixture
def visitor(served: Served, office: Office) -> Visitor:
    return Visitor(served, office.admin)


def test_on_postgresql_the_pages_say_the_same(tmp_path: Path) -> None:
    with postgres.fresh_database() as url:
        office = furnish(tmp_path, ledger=url)
        with serve(tmp_path) as served:
            visitor = Visitor(served, office.admin)
            listed = visitor.see("/enrollments?q=mia&state=scheduled")
            (key,) = set(re.findall(r"/enrollments/([0-9a-f]{32})", listed))
            assert "Raj Patel" not in listed
            assert "1 business day after call at 15:00" in visitor.see(f"/enrollments/{key}")
            assert visitor.see("/ledger").count("create: accepted") == 5
            assert "Settled: nothing to do." in visitor.do("/ledger/settle").text


def test_where_another_run_is_sending_one_is_told_who_and_waits_for_nobody(visitor: Visitor, office: Office) -> None:
    office.put("state = 'planned', activity_id = NULL", "offer")
    clock = SystemClock()
    with open_ledger(f"sqlite:///{office.folder / '.cadence/ledger.db'}") as ledger:
        length = timedelta(minutes=5)
        lease = ledger.claim([office.key_of("Mia Wolf")], by="ben", at=clock.now(), length=length)
        try:
            said = visitor.do("/ledger/settle?show=waiting")
        finally:
            ledger.release(lease, at=clock.now())
    assert said.status_code == 200
    assert re.search(
        r"Nothing was done: another run is sending for the same records: process \d+ on .*, begun by ben at ", said.text
    )
    assert "Settled: 1 scheduled, 2 kept." in visitor.do("/ledger/settle").text


def test_what_is_in_another_crm_is_shown_and_left_to_the_command(visitor: Visitor, office: Office) -> None:
    with office.ledger() as ledger:
        ledger.execute("UPDATE targets SET base_url = 'https://crm.example', name = 'crm'")
    office.put("state = 'rejected', reason = '403 no'", "hello")
    try:
        page = visitor.see("/ledger?show=rejected")
        entry = re.findall(r'id="entry-([0-9a-f]{32})"', page)[0]
        assert "In crm at https://crm.example: use the command there." in page
        answer = visitor.do("/ledger/retry", {"entry": entry})
        assert (answer.status_code, "not in this service: use the command there" in answer.text) == (409, True)
        assert "Settled: nothing to do." in visitor.do("/ledger/settle").text
        assert "it was applied to crm at https://crm.example" in visitor.see(
            f"/enrollments/{office.key_of('Mia Wolf')}"
        )
    finally:
        with office.ledger() as ledger:
            ledger.execute("UPDATE targets SET base_url = 'http://localhost', name = 'local'")


@pytest.mark.parametrize(
    ("version", "said"),
    [("9999", "was written by a newer cadence"), ("0001", "was written by an older cadence")],
)
def test_a_ledger_of_another_version_is_said_with_the_way_out(
    visitor: Visitor, office: Office, version: str, said: str
) -> None:
    with office.ledger() as ledger:
        before = ledger.execute("SELECT version_num FROM ledger_schema").fetchone()[0]
        ledger.execute("UPDATE ledger_schema SET version_num = ?", (version,))
    try:
        for path in ("/enrollments", "/ledger"):
            answer = visitor.get(path)
            assert (answer.status_code, said in answer.text) == (503, True)
        assert visitor.get("/today").status_code == 200
    finally:
        with office.ledger() as ledger:
            ledger.execute("UPDATE ledger_schema SET version_num = ?", (before,))


def test_a_damaged_ledger_is_said_so_and_a_missing_one_how_to_begin(visitor: Visitor, office: Office) -> None:
    path = office.folder / ".cadence" / "ledger.db"
    away = path.rename(path.with_suffix(".away"))
    try:
        assert "Nothing was applied yet" in visitor.see("/enrollments")
        assert "Nothing was applied yet" in visitor.do("/ledger/settle").text
        path.write_bytes(b"not a database at all" * 400)
        answer = visitor.get("/ledger")
        assert (answer.status_code, "The ledger cannot be read" in answer.text) == (503, True)
    finally:
        away.replace(path)
    assert "create: accepted" in visitor.see("/ledger")


def test_webhook_deliveries_are_shown_to_administrators_and_sent_again(
    visitor: Visitor, served: Served, office: Office
) -> None:
    assert "Nothing was put out yet" in visitor.see("/ledger/deliveries")
    with served.client(office.admin) as client:
        client.post("/api/webhooks", json={"url": f"http://{DEAF}/b"}).raise_for_status()
        client.post("/api/activities/call/log-activity", json={"related_objects": []}).raise_for_status()
    page = visitor.see("/ledger/deliveries")
    assert f"http://{DEAF}/b" in page
    until(lambda: "no connection: " in visitor.see("/ledger/deliveries?state=waiting"))
    (again,) = re.findall(r'action="(/ledger/deliveries/[^"]+/again)"', page)
    assert visitor.do(again).headers["location"] == "/ledger/deliveries"
    assert visitor.do(again, {"csrf": "wrong"}).status_code == 403
    reader, stranger = Visitor(served, office.reader), Visitor(served, office.stranger)
    assert reader.get("/ledger/deliveries").status_code == 403
    assert DEAF not in stranger.see("/ledger/deliveries")
    assert stranger.do(again).status_code == 404

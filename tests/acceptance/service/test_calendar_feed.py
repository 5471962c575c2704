"""A calendar of somebody's tasks, read by whoever knows its address, until it is revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from tests.acceptance.service.running import make_key, serve
from tests.pages import Office, Visitor, furnish, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return furnish(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    with serve(office.folder) as running:
        yield running


def address_in(page: str) -> str:
    found = re.search(r'value="http://[^/"]+(/calendar/[\w-]+\.ics)"', page)
    assert found is not None, page
    return found[1]


def test_a_feed_shows_the_tasks_of_one_person_until_it_is_revoked(served: Served, office: Office) -> None:
    note, ana = "Bring the offer\n[cadence abcdefghijkl]", office.admin.user_id
    task = schedule(served, office.admin, hours=3, note=note, employee_id=ana)
    visitor = Visitor(served, office.admin)
    address = address_in(visitor.do("/calendars").text)

    with served.client() as anybody:
        answer = anybody.get(address)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        events = {str(event["uid"]): event for event in Calendar.from_ical(answer.text).walk("VEVENT")}
        assert str(events[f"{task}@cadence"]["description"]) == "Bring the offer"

        (revoke,) = set(re.findall(r'action="(/calendars/[\w-]+/revoke)"', visitor.get("/calendars").text))
        assert visitor.do(revoke).status_code == 303
        assert anybody.get(address).status_code == 404
        assert anybody.get("/calendar/guessed.ics").status_code == 404


def test_only_an_administrator_makes_a_feed_of_somebody_else(served: Served, office: Office) -> None:
    writer = make_key(office.folder, "--business", office.admin.business_id, "--user", "new", "--scope", "write")
    refused = Visitor(served, writer).do("/calendars", {"employee": office.admin.user_id})
    assert refused.status_code == 403
    assert "Only an administrator" in refused.text


def test_only_an_administrator_revokes_a_feed_of_somebody_else(served: Served, office: Office) -> None:
    ana = Visitor(served, office.admin)
    address = address_in(ana.do("/calendars").text)
    (revoke, *_) = re.findall(r'action="(/calendars/[\w-]+/revoke)"', ana.get("/calendars").text)
    writer = make_key(office.folder, "--business", office.admin.business_id, "--user", "new", "--scope", "write")
    refused = Visitor(served, writer).do(revoke)
    assert (refused.status_code, "Only an administrator" in refused.text) == (403, True)
    assert ana.get(address).status_code == 200
    assert Visitor(served, office.reader).do(revoke).status_code == 303  # which is Ana's own


def test_nobody_makes_or_revokes_a_feed_of_another_business(served: Served, office: Office) -> None:
    mine = Visitor(served, office.admin)
    mine.do("/calendars")
    (revoke,) = set(re.findall(r'action="(/calendars/[\w-]+/revoke)"', mine.get("/calendars").text))
    stranger = Visitor(served, make_key(office.folder, "--business", "new", "--scope", "admin"))
    assert stranger.do("/calendars", {"employee": office.admin.user_id}).status_code == 404
    assert stranger.do(revoke).status_code == 404
    assert "Revoke the feed" not in stranger.get("/calendars").text

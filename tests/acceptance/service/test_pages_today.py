"""Today where there is more than a page of it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from cadence.clock import SystemClock
from tests.acceptance.service.running import SCHEDULED, serve
from tests.pages import Visitor, furnish

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_a_tally_leads_to_the_page_and_the_day_on_which_it_begins(tmp_path: Path) -> None:
    """120 tasks are overdue, so that what is left begins on the third page."""
    office = furnish(tmp_path)
    now = SystemClock().now()
    with serve(tmp_path) as served, served.client(office.admin) as client:
        for hours in (*range(-120, 0), 1 / 3):
            due = (now + timedelta(hours=hours)).isoformat()
            client.post(SCHEDULED, json={"activity_object_name": "call", "due_datetime": due}).raise_for_status()
        visitor = Visitor(served, office.admin)
        page = visitor.see("/today?type=call")
        (overdue,) = re.findall(r'<a href="([^"]*)"><b>120</b> overdue', page)
        assert overdue == "/today?type=call"
        assert "page 1 of 3" in page
        soon = re.findall(r'<a href="([^"]*page=3)[^"]*"><b>\d</b> (?:left today|in the next 7 days)', page)
        assert soon
        third = visitor.see(unescape(soon[0]))
        assert third.index("Overdue</h2>") < third.index('id="day-')
        done = visitor.see("/today?state=done")
        assert (re.findall("<b>120</b> overdue", done), "#day-" in done) == (["<b>120</b> overdue"], False)

"""`cadence plan --format html` and `--format ics`: files of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from icalendar import Calendar

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Cadence

ASK = (
    "follow-up", "--record", "R-17", "--field", "timezone=America/New_York", "--field", "seats=25",
    "--field", "first_name=<b>Mia</b>", "--start", "2026-11-20T10:00", "--now", "2026-11-20T15:00:00Z",
)  # fmt: skip


def test_the_page_goes_to_stdout_or_to_the_file(cadence: Cadence, tmp_path: Path) -> None:
    printed = cadence("plan", *ASK, "--format", "html")
    assert printed.code == 0, printed.err
    assert printed.out.startswith("<!doctype html>\n<html")
    kept = cadence("plan", *ASK, "--format", "html", "--out", str(tmp_path / "plan.html"))
    assert (kept.code, kept.out) == (0, "")
    assert (tmp_path / "plan.html").read_text(encoding="utf-8") == printed.out


def test_the_page_shades_by_the_calendar_and_shows_the_note_as_it_would_be_sent(cadence: Cadence) -> None:
    page = cadence("plan", *ASK, "--format", "html").out
    assert "Tue 24 Nov 2026: closed: office move" in page
    assert "Hello &amp;lt;b&amp;gt;Mia&amp;lt;/b&amp;gt;" in page  # a note is HTML: its values are escaped there too
    assert "<b>Mia" not in page


def test_a_kept_plan_becomes_the_same_page(cadence: Cadence) -> None:
    assert cadence("plan", *ASK, "--out", "plan.json").code == 0
    kept, made = (cadence("plan", *what, "--format", "html").out for what in (("plan.json",), ASK))
    assert kept.partition("<main>")[2] == made.partition("<main>")[2] != ""


def test_a_kept_plan_whose_sequence_changed_since_has_no_shading(cadence: Cadence) -> None:
    cadence("plan", *ASK, "--out", "plan.json")
    path = cadence.folder / "sequences" / "follow-up.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("4 days", "5 days"), encoding="utf-8")
    page = cadence("plan", "plan.json", "--format", "html").out
    assert '<path d="" class="tl-closed">' in page
    assert "tl-note-closed" not in page
    assert "Wed 25 Nov 2026 10:00 UTC-5" in page


def test_a_kept_plan_can_be_looked_at_as_a_table(cadence: Cadence) -> None:
    shown = cadence("plan", *ASK)
    cadence("plan", *ASK, "--out", "plan.json")
    assert cadence("plan", "plan.json").out == shown.out


def test_a_question_cannot_be_asked_of_a_kept_plan(cadence: Cadence) -> None:
    done = cadence("plan", "plan.json", "--record", "R-17")
    assert done.code == 1
    assert "--record cannot be used with a plan: plan.json already says what happens" in done.err


def test_the_page_shows_the_clocks_of_another_zone_beside(cadence: Cadence) -> None:
    page = cadence("plan", *ASK, "--format", "html", "--zone", "Asia/Kolkata").out
    assert "Wed 25 Nov 2026 20:30 UTC+5:30, Asia/Kolkata" in page
    refused = cadence("plan", *ASK, "--format", "html", "--zone", "Asia/Calcuta")
    assert (refused.code, refused.out) == (1, "")
    assert "error: unknown time zone 'Asia/Calcuta'\nhint: did you mean 'Asia/Calcutta'?" in refused.err


def test_a_plan_of_what_is_enrolled_shows_what_is_scheduled_and_what_would_move(stocked: Cadence) -> None:
    ask = ("follow-up", "--record", "mia@example.com", "--now", "2026-11-20T10:00Z")
    applied = stocked("apply", *ask, "--start", "2026-11-20T10:30Z")
    assert applied.code == 0, applied.err
    path = stocked.folder / "sequences" / "follow-up.yaml"
    text = path.read_text(encoding="utf-8").replace("4 days after start at 10:00", "6 days after start at 11:00")
    path.write_text(text, encoding="utf-8")
    page = stocked("plan", *ask, "--format", "html")
    assert page.code == 0, page.err
    assert "was due Wed 25 Nov 2026 10:00 UTC+1" in page.out
    assert "tl-ghost" in page.out
    assert 'class="tl-status tl-scheduled"' in page.out
    assert '<b aria-hidden="true">~</b>move' in page.out


def test_the_calendar_holds_an_event_at_each_due(cadence: Cadence) -> None:
    done = cadence("plan", *ASK, "--format", "ics", "--out", "due.ics")
    assert (done.code, done.out) == (0, "")
    calendar = Calendar.from_ical((cadence.folder / "due.ics").read_bytes())
    assert [(str(event["SUMMARY"]), event.decoded("DTSTART")) for event in calendar.walk("VEVENT")] == [
        ("hello: email for <b>Mia</b>", datetime(2026, 11, 20, 16, tzinfo=UTC)),
        ("call: call for <b>Mia</b>", datetime(2026, 11, 25, 15, tzinfo=UTC)),
        ("offer: task for <b>Mia</b>", datetime(2026, 11, 26, 20, tzinfo=UTC)),
    ]

"""init, records, team, calendar, target: what a project is set up with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence


def test_init_makes_what_is_missing_and_keeps_what_is_there(cadence: Cadence) -> None:
    cadence.write("cadence.toml", "# mine\n")
    done = cadence("init")
    assert done.code == 0, done.err
    assert "kept    cadence.toml" in done.out.splitlines()
    assert (cadence.folder / "cadence.toml").read_text() == "# mine\n"
    assert [line for line in done.out.splitlines() if line.startswith("created ")]
    again = cadence("init")
    assert [line for line in again.out.splitlines() if line.startswith("created ")] == []


def test_records_are_created_then_updated(stocked: Cadence) -> None:
    stocked.write("more.csv", "email,timezone\nraj@example.com,Asia/Kolkata\nzoe@example.com,Europe/Paris\n")
    done = stocked("records", "import", "more.csv")
    assert (done.code, done.out) == (0, "records: 1 created, 1 updated\n")
    records = stocked("records", "list", "--format", "json").json
    assert {record["email"] for record in records} == {"mia@example.com", "raj@example.com", "zoe@example.com"}
    assert "Asia/Kolkata" in stocked("records", "list", "--search", "raj").out


def test_a_records_file_that_is_not_there_is_refused(cadence: Cadence) -> None:
    done = cadence("records", "import", "nowhere.csv")
    assert (done.code, done.out) == (1, "")
    assert "nowhere.csv" in done.err


def test_the_team_is_listed_with_its_leave(stocked: Cadence) -> None:
    done = stocked("team", "list")
    assert done.code == 0, done.err
    assert "Kim Lee" in done.out
    assert "Thu 24 Dec 2026 to Sat 2 Jan 2027" in done.out
    [kim] = [e for e in stocked("team", "list", "--format", "json").json if e["name"] == "Kim Lee"]
    assert kim["leave"] == ["2026-12-24..2027-01-02"]
    assert kim["roles"] == ["success"]


def test_a_calendar_shows_when_it_is_open_and_why_not(cadence: Cadence) -> None:
    done = cadence("calendar", "show", "desk", "--from", "2026-11-20", "--to", "2026-11-24")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[1] == "Fri 20 Nov 2026  09:00-17:00"
    assert lines[2].startswith("Sat 21 Nov 2026  closed")
    assert "office move" in lines[5]


def test_holidays_are_locked_and_compared(cadence: Cadence) -> None:
    cadence.write("sequences/calendars/desk.yaml", 'calendar: desk\nhours: {mon-fri: "09:00-17:00"}\nholidays: [US]\n')
    years = ("--from-year", "2026", "--to-year", "2026")
    done = cadence("calendar", "lock", *years)
    assert done.code == 0, done.err
    assert "written: " in done.out
    assert "unchanged: " in cadence("calendar", "lock", *years).out
    assert cadence("calendar", "diff", *years, "--detailed-exitcode").code == 0
    lock = cadence.folder / "sequences/calendars/holidays.lock.json"
    lock.write_text(lock.read_text().replace("Thanksgiving", "Turkey"))
    changed = cadence("calendar", "diff", *years, "--detailed-exitcode")
    assert changed.code == 2
    assert "Thanksgiving" in changed.out


def test_the_local_target_answers(cadence: Cadence) -> None:
    done = cadence("target", "ping")
    assert done.code == 0, done.err
    assert done.out.startswith("local: ")

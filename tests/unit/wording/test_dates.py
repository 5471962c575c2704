"""Dates and times in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cadence.wording.dates import in_column, offset_text, spoken, spoken_in, spoken_utc, spoken_within


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-11-23T10:00:00-05:00[America/New_York]", "Mon 23 Nov 2026 10:00 UTC-5"),
        ("2026-12-01T15:30:00+05:30[Asia/Kolkata]", "Tue 1 Dec 2026 15:30 UTC+5:30"),
        ("2026-12-01T15:30:05+00:00[Europe/London]", "Tue 1 Dec 2026 15:30:05 UTC"),
        ("2026-11-23", "Mon 23 Nov 2026"),
        ("2026-11-23T10:00:00", "Mon 23 Nov 2026 10:00"),
        ("after kickoff", "after kickoff"),
        ("2026-13-45", "2026-13-45"),
        ("", ""),
    ],
)
def test_a_local_time_is_said_with_its_offset(written: str, said: str) -> None:
    assert spoken(written) == said


def test_days_of_one_figure_line_up_in_a_column() -> None:
    assert in_column("Tue 1 Dec 2026 10:00") == "Tue  1 Dec 2026 10:00"
    assert in_column("Mon 23 Nov 2026 10:00") == "Mon 23 Nov 2026 10:00"
    assert in_column("") == ""


@pytest.mark.parametrize(("minutes", "text"), [(0, "UTC"), (-300, "UTC-5"), (345, "UTC+5:45"), (-210, "UTC-3:30")])
def test_offsets_say_hours_and_only_odd_minutes(minutes: int, text: str) -> None:
    assert offset_text(timedelta(minutes=minutes)) == text


def test_an_instant_is_said_in_utc_or_in_a_zone() -> None:
    instant = datetime.fromisoformat("2026-07-01T12:00:00+02:00")
    assert spoken_utc(instant) == "Wed 1 Jul 2026 10:00 UTC"
    assert spoken_in("America/New_York", instant) == "Wed 1 Jul 2026 06:00 UTC-4"
    assert spoken_utc(None) == ""


def test_instants_within_a_text_are_said() -> None:
    text = "due 2026-11-25T10:00:00+01:00[Europe/Berlin], seen 2026-11-25T09:00:00Z, id 01a203f0-36a0"
    assert spoken_within(text) == "due Wed 25 Nov 2026 10:00 UTC+1, seen Wed 25 Nov 2026 09:00 UTC, id 01a203f0-36a0"

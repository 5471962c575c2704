"""What output is drawn on."""

from __future__ import annotations

import pytest

from cadence.cli.screen import Screen, stdout_screen


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("140", 140), ("5", 40), ("0", 100), ("", 100), ("wide", 100), ("-1", 100)]
)
@pytest.mark.usefixtures("capsys")
def test_columns_says_how_wide_it_is_within_reason(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert stdout_screen() == Screen(width, colour=False)


def test_only_a_colour_screen_paints_and_blanks_stay_plain() -> None:
    assert Screen(colour=True).paint("late", "bad") == "\x1b[31mlate\x1b[0m"
    assert Screen(colour=True).paint("  ", "bad") == "  "
    assert Screen(colour=True).paint("late", "") == "late"
    assert Screen(colour=False).paint("late", "bad") == "late"

"""Text in terminal cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.cli.text import pad, width_of, wrap


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("Ana", 3), ("Zoë", 3), ("Zoe\u0308", 3), ("山田", 4), ("\uff0b", 2), ("e\u200d", 1)],
)
def test_width_counts_cells_not_characters(text: str, cells: int) -> None:
    assert width_of(text) == cells


def test_padding_fills_to_cells() -> None:
    assert pad("山田", 6) == "山田  "


def test_lines_break_between_words() -> None:
    assert wrap("moved to Fri 27 Nov", 9) == ["moved to", "Fri 27", "Nov"]


def test_a_word_that_is_too_long_breaks_within() -> None:
    assert wrap("see onboarding-of-everybody", 10) == ["see", "onboarding", "-of-everyb", "ody"]


def test_what_fits_keeps_its_spaces() -> None:
    assert wrap("Tue  1 Dec", 10) == ["Tue  1 Dec"]


@given(st.text(), st.integers(2, 30))
def test_no_line_is_wider_than_asked_and_no_word_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())

"""Tables in plain text."""

from __future__ import annotations

from cadence.cli.screen import Screen
from cadence.cli.table import Row, draw

TITLES = ("STEP", "WHO", "WHY")


def test_a_table_is_as_wide_as_its_content() -> None:
    rows = [Row(("kickoff", "Kim", "moved")), Row(("call", "山田", "late"))]
    assert draw(TITLES, rows, Screen(80)) == "STEP     WHO   WHY\nkickoff  Kim   moved\ncall     山田  late"


def test_a_column_without_content_is_left_out() -> None:
    assert draw(TITLES, [Row(("kickoff", "", "moved"))], Screen(80)) == "STEP     WHY\nkickoff  moved"


def test_the_widest_column_wraps_first() -> None:
    rows = [Row(("kickoff", "Kim", "Thu is Thanksgiving: closed, moved to Fri"))]
    assert draw(TITLES, rows, Screen(40)) == (
        "STEP     WHO  WHY\n"
        "kickoff  Kim  Thu is Thanksgiving:\n"
        "              closed, moved to Fri"
    )  # fmt: skip


def test_lines_below_a_row_are_indented_and_wrapped() -> None:
    rows = [Row(("+", "kickoff", ""), below=("Thu is Thanksgiving: closed, moved to Fri",))]
    assert draw(("", "STEP", "WHY"), rows, Screen(40)) == (
        "   STEP\n"
        "+  kickoff\n"
        "     Thu is Thanksgiving: closed, moved\n"
        "     to Fri"
    )  # fmt: skip


def test_colours_do_not_move_columns() -> None:
    rows = [Row(("kickoff", "Kim", "moved"), "warn")]
    assert draw(TITLES, rows, Screen(80, colour=True)) == (
        "\x1b[1mSTEP     WHO  WHY\x1b[0m\n\x1b[33mkickoff  Kim  moved\x1b[0m"
    )


def test_an_escape_sequence_in_a_cell_does_not_reach_the_terminal() -> None:
    assert draw(("WHO",), [Row(("\x1b[2JKim",))], Screen(80)) == "WHO\n\\x1b[2JKim"

"""docs/reference/cli.md."""

from __future__ import annotations

from pathlib import Path

from cadence.cli.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run: python -m cadence.cli.reference > docs/reference/cli.md"
    )

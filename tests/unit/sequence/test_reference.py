from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cadence.sequence.calendar_language import CALENDAR
from cadence.sequence.filters import FILTERS
from cadence.sequence.golden import GOLDEN
from cadence.sequence.language import ASSIGN, RULES, SEQUENCE, STEP

if TYPE_CHECKING:
    from cadence.sequence.compound import Struct

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("struct", [SEQUENCE, STEP, ASSIGN, RULES, CALENDAR, GOLDEN], ids=lambda struct: struct.name)
def test_every_key_stands_in_the_reference_with_what_it_says_and_takes(struct: Struct) -> None:
    rows = {
        f"| `{name}`{' (required)' if key.required else ''} | {key.note} | {key.shape.what} |".replace(
            "{{ ... }}", "`{{ ... }}`"
        )
        for name, key in struct.keys.items()
    }
    assert rows - set(PAGE.splitlines()) == set()


def test_every_filter_stands_in_the_reference() -> None:
    assert [name for name in FILTERS if f"`{name}`" not in PAGE] == []

"""The plan as people see it: whole outputs at two widths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from cadence.cli.planview import plan_text
from cadence.cli.screen import Screen
from cadence.cli.story import story_text

if TYPE_CHECKING:
    from cadence.model.plan import Plan

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("CADENCE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_plan_reads_well_at_any_width(plan: Plan, width: int) -> None:
    text = plan_text(plan, Screen(width))
    assert max(map(len, text.splitlines())) <= width
    compare(f"plan-{width}.txt", text)


@pytest.mark.parametrize("width", [80, 140])
def test_the_whole_story_reads_well_at_any_width(plan: Plan, width: int) -> None:
    text = story_text(plan, Screen(width))
    assert max(map(len, text.splitlines())) <= width
    compare(f"explain-{width}.txt", text)


def test_colours_change_nothing_but_colours(plan: Plan) -> None:
    assert click.unstyle(plan_text(plan, Screen(80, colour=True))) == plan_text(plan, Screen(80))
    assert "\x1b[" in plan_text(plan, Screen(80, colour=True))

"""A plan kept in a file."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from cadence.cli.planfile import write_plan

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.model.plan import Plan


def test_the_file_holds_what_json_prints(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("an older plan")
    write_plan(plan, path)
    assert path.read_text(encoding="utf-8") == plan.to_json()
    assert [child.name for child in tmp_path.iterdir()] == ["plan.json"]


def test_the_file_has_the_permissions_of_any_new_file(plan: Plan, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_plan(plan, tmp_path / "plan.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o640


def test_nothing_is_left_behind_where_it_cannot_be_written(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(OSError, match=r"plan\.json"):
        write_plan(plan, tmp_path / "plan.json")
    assert [child.name for child in tmp_path.iterdir()] == ["plan.json"]

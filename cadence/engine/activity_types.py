"""Activity types from a CSV file, into the embedded service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.diagnostics import did_you_mean
from cadence.engine.importing import import_rows
from cadence.errors import PlanError
from cadence.model.people import ActivityType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cadence.engine.results import ImportResult
    from cadence.engine.targets import OpenTarget

__all__ = ["import_activity_types"]

_COLUMNS = ("name", "api_name", "description", "objects")
_NONE = "none"


async def import_activity_types(opened: OpenTarget, path: Path) -> ImportResult:
    """Create or change an activity type for each row of *path*; a row that is not taken becomes a finding.

    Raises PlanError for a file that cannot be read as CSV at all, TargetError for a target that is no embedded service
    or does not answer.
    """
    await opened.check_takes_imports("activity types")
    known = {kind.api_name for kind in await opened.client.activity_types()}
    objects = {kind.name: kind.id for kind in await opened.client.objects()}

    async def put(cells: Mapping[str, str]) -> bool:
        kind = _type(cells, objects)
        is_new = kind.api_name not in known
        described = cells.get("description", "")
        saved = await opened.client.save_activity_type(kind, description=described, is_new=is_new)
        known.add(saved.api_name)
        return is_new

    return await import_rows(path, put)


def _type(cells: Mapping[str, str], objects: Mapping[str, str]) -> ActivityType:
    for column in cells:
        if column not in _COLUMNS:
            raise PlanError(f"unknown column '{column}'", hint=did_you_mean(column, _COLUMNS))
    name = cells.get("name", "").strip()
    if not name:
        raise PlanError("the row has no name", hint="fill the column 'name'")
    mode, allowed = _allowed(cells.get("objects", "").split(), objects)
    return ActivityType("", name, cells.get("api_name", "").strip() or _api_name(name), mode, allowed)


def _allowed(named: list[str], objects: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the association mode and the ids of the objects that are *named*: all where none is."""
    if not named:
        return "all_objects_associated", ()
    if named == [_NONE]:
        return "no_objects_associated", ()
    for name in named:
        if name not in objects:
            raise PlanError(f"unknown object '{name}'", hint=did_you_mean(name, list(objects)))
    return "selected_objects_associated", tuple(objects[name] for name in named)


def _api_name(name: str) -> str:
    return "_".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())

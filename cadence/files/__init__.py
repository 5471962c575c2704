"""Folders of YAML: sequences, calendars, teams and golden expectations, found, read and checked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cadence.files.calendars import (
        CalendarFolder,
        calendars_beside,
        load_calendar,
        load_calendars,
        read_lock,
        write_lock,
    )
    from cadence.files.check import check_paths
    from cadence.files.discovery import Kind, discover
    from cadence.files.golden import load_golden
    from cadence.files.reading import read_text
    from cadence.files.sequences import find_sequence, load_sequence
    from cadence.files.team import load_team
    from cadence.files.writing import write_text

__all__ = [
    "CalendarFolder", "Kind", "calendars_beside", "check_paths", "discover", "find_sequence", "load_calendar",
    "load_calendars", "load_golden", "load_sequence", "load_team", "read_lock", "read_text", "write_lock", "write_text",
]  # fmt: skip

_HOMES = {
    "calendars": ("CalendarFolder", "calendars_beside", "load_calendar", "load_calendars", "read_lock", "write_lock"),
    "check": ("check_paths",),
    "discovery": ("Kind", "discover"),
    "golden": ("load_golden",),
    "reading": ("read_text",),
    "sequences": ("find_sequence", "load_sequence"),
    "team": ("load_team",),
    "writing": ("write_text",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only that."""
    if name not in _HOME:
        raise AttributeError(f"module 'cadence.files' has no attribute '{name}'")
    return getattr(import_module(f"cadence.files.{_HOME[name]}"), name)

"""Cadence: the engine for multi-step sequences.

    >>> import cadence
    >>> plan = cadence.plan("onboarding", {"id": "...", "timezone": "Europe/Paris"})
    >>> print(plan)
    >>> report = cadence.apply(plan)

Names are loaded when they are first used, so that a program pays only for what it calls.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cadence.version import __version__

if TYPE_CHECKING:
    from cadence.diagnostics import Finding
    from cadence.engine import Engine
    from cadence.engine.library import apply, apply_records, explain, plan
    from cadence.engine.results import RecordsPlan, RecordsReport
    from cadence.errors import (
        CadenceError,
        CalendarError,
        ConfigError,
        LedgerError,
        NotConnected,
        PlanError,
        SequenceError,
        StalePlanError,
        SubmissionError,
        TargetError,
    )
    from cadence.files import load_calendars, load_sequence
    from cadence.model.entry import Enrollment
    from cadence.model.people import Employee, Record
    from cadence.model.plan import Activity, Change, Plan, Report
    from cadence.model.sequence import Sequence, Step
    from cadence.sequence import parse_sequence
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.offset import Offset

__all__ = [
    "Activity",
    "BusinessCalendar",
    "CadenceError",
    "CalendarError",
    "Change",
    "ConfigError",
    "Employee",
    "Engine",
    "Enrollment",
    "Finding",
    "LedgerError",
    "NotConnected",
    "Offset",
    "Plan",
    "PlanError",
    "Record",
    "RecordsPlan",
    "RecordsReport",
    "Report",
    "Sequence",
    "SequenceError",
    "StalePlanError",
    "Step",
    "SubmissionError",
    "TargetError",
    "__version__",
    "apply",
    "apply_records",
    "explain",
    "load_calendars",
    "load_sequence",
    "parse_sequence",
    "plan",
]

_HOMES = {
    "cadence.diagnostics": ("Finding",),
    "cadence.engine": ("Engine",),
    "cadence.engine.library": ("apply", "apply_records", "explain", "plan"),
    "cadence.engine.results": ("RecordsPlan", "RecordsReport"),
    "cadence.errors": (
        "CadenceError",
        "CalendarError",
        "ConfigError",
        "LedgerError",
        "NotConnected",
        "PlanError",
        "SequenceError",
        "StalePlanError",
        "SubmissionError",
        "TargetError",
    ),
    "cadence.files": ("load_calendars", "load_sequence"),
    "cadence.model.entry": ("Enrollment",),
    "cadence.model.people": ("Employee", "Record"),
    "cadence.model.plan": ("Activity", "Change", "Plan", "Report"),
    "cadence.model.sequence": ("Sequence", "Step"),
    "cadence.sequence": ("parse_sequence",),
    "cadence.timing.calendar": ("BusinessCalendar",),
    "cadence.timing.offset": ("Offset",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cadence' has no attribute '{name}'")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

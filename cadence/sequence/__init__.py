"""The sequence language: YAML text becomes checked values, or all that is wrong with it at once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cadence.sequence.evaluation import EvaluationError, MissingVariable
    from cadence.sequence.expression import compile_expression, compile_template
    from cadence.sequence.golden import Case, Expected, Golden
    from cadence.sequence.known import Known
    from cadence.sequence.parse import (
        check_calendar,
        check_golden,
        check_sequence,
        check_team,
        parse_calendar,
        parse_golden,
        parse_rules,
        parse_sequence,
        parse_team,
    )
    from cadence.sequence.schema import json_schema
    from cadence.sequence.team import Team

__all__ = [
    "Case", "EvaluationError", "Expected", "Golden", "Known", "MissingVariable", "Team", "check_calendar",
    "check_golden", "check_sequence", "check_team", "compile_expression", "compile_template", "json_schema",
    "parse_calendar", "parse_golden", "parse_rules", "parse_sequence", "parse_team",
]  # fmt: skip

_HOMES = {
    "evaluation": ("EvaluationError", "MissingVariable"),
    "expression": ("compile_expression", "compile_template"),
    "golden": ("Case", "Expected", "Golden"),
    "known": ("Known",),
    "schema": ("json_schema",),
    "team": ("Team",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only that: reading a calendar needs no templates."""
    if name not in __all__:
        raise AttributeError(f"module 'cadence.sequence' has no attribute '{name}'")
    return getattr(import_module(f"cadence.sequence.{_HOME.get(name, 'parse')}"), name)

"""The plan that a command was asked about: one to be made, or one that was kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli.asking import record_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.cli.options import Question
    from cadence.engine import Engine
    from cadence.model.plan import Plan

__all__ = ["is_kept", "planner"]


def is_kept(question: Question) -> bool:
    """Whether a plan's own file was named in place of a sequence."""
    return question.sequence.endswith(".json")


def planner(question: Question) -> Callable[[Engine], Plan]:
    """Return what makes or reads the plan that was asked for. Raises click.UsageError before anything is opened."""
    if is_kept(question):
        return _loader(question)
    record = record_for(question)
    return lambda engine: engine.plan(question.sequence, record, **question.arguments())


def _loader(question: Question) -> Callable[[Engine], Plan]:
    if given := question.given():
        message = f"{given[0]} cannot be used with a plan: {question.sequence} already says what happens"
        raise click.UsageError(message, click.get_current_context())
    return lambda engine: engine.load_plan(Path(question.sequence))

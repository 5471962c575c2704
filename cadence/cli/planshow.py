"""Prints a plan in the form that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli.asking import print_bytes
from cadence.cli.screen import stdout_screen

if TYPE_CHECKING:
    from cadence.model.plan import Plan

__all__ = ["print_plan"]


def print_plan(plan: Plan, form: str) -> None:
    """Print the plan to stdout as table, json or csv."""
    match form:
        case "json":
            print_bytes(plan.to_json())
        case "csv":
            from cadence.wording.plancsv import plan_csv

            print_bytes(plan_csv(plan))
        case _:
            from cadence.cli.planview import plan_text

            click.echo(plan_text(plan, stdout_screen()), nl=False)

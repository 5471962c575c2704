"""How an import is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli.asking import show_findings
from cadence.diagnostics import errors_among

if TYPE_CHECKING:
    from cadence.engine.results import ImportResult

__all__ = ["imported"]


def imported(result: ImportResult, noun: str) -> int:
    """Print what an import did and return its exit code: 1 where something was not taken."""
    show_findings(result.findings)
    refused = len(errors_among(result.findings))
    left_out = f", {refused} not taken" if refused else ""
    nouns = noun if result.created + result.updated == 1 else f"{noun}s"
    click.echo(f"{nouns}: {result.created} created, {result.updated} updated{left_out}")
    return 1 if refused else 0

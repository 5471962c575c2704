"""What every command does first and last: open the engine, show what was found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cadence.cli.places import target_line, with_short_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence.cli.options import Question
    from cadence.diagnostics import Finding
    from cadence.engine import Engine
    from cadence.model.plan import Plan

__all__ = ["keep_plan", "open_engine", "print_bytes", "record_for", "show_findings"]


def open_engine(
    *,
    target: str | None = None,
    ledger: str | None = None,
    db: str | None = None,
    announce: bool = False,
    submit: Mapping[str, Any] | None = None,
) -> Engine:
    """Return the engine with the settings of the working directory; *announce* says on stderr which target is used.

    *db* is a store of the embedded service in place of any other target. *submit* overrides settings of how activities
    are submitted. Raises click.UsageError for *target* and *db* together.
    """
    from cadence.clock import SystemClock
    from cadence.config import LOCAL, TargetSettings, load_settings
    from cadence.engine import Engine

    here = Path.cwd()
    settings = with_short_paths(load_settings(), here)
    if db is not None:
        if target not in (None, LOCAL):
            raise click.UsageError("--db and --target name two places", click.get_current_context())
        settings, target = replace(settings, targets={**settings.targets, LOCAL: TargetSettings(LOCAL, url=db)}), LOCAL
    settings = replace(settings, submit=replace(settings.submit, **(submit or {})))
    if announce:
        click.echo(target_line(settings, target, here=here), err=True)
    return Engine(settings, clock=SystemClock(), target=target, ledger=ledger)


def record_for(question: Question) -> str:
    """Return the record that was asked about. Raises click.UsageError without one."""
    if not question.record:
        message = "missing option '--record': the record's id, email or name"
        raise click.UsageError(message, click.get_current_context())
    return question.record


def keep_plan(plan: Plan, path: Path | None) -> None:
    """Write the plan's JSON to *path*, whole or not at all; do nothing without a path."""
    if path is not None:
        from cadence.files import write_text

        write_text(path, plan.to_json())


def show_findings(findings: Sequence[Finding]) -> None:
    """Print findings to stderr, a line each."""
    if findings:
        from cadence.cli.findings import findings_text

        click.echo(findings_text(findings).rstrip("\n"), err=True)


def print_bytes(text: str) -> None:
    """Print what programs read: UTF-8 whatever the terminal speaks, line ends as they are."""
    click.echo(text.encode(), nl=False)

"""`cadence explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine, print_bytes, record_for, show_findings
from cadence.cli.screen import stdout_screen

if TYPE_CHECKING:
    from cadence.cli.options import Question

__all__ = ["command"]


@click.command("explain", cls=options.AskingCommand)
@options.asks("SEQUENCE")
@click.option("--step", "-s", metavar="STEP", help="Only this step.")
@options.form("text", "json")
@options.target
@options.ledger
def command(question: Question, *, step: str | None, form: str, target: str | None, ledger: str | None) -> None:
    """Tell how each due date of SEQUENCE came about: its anchor, its offset and every rule that moved it.

    \b
    cadence explain onboarding --record ana@example.com
    cadence explain onboarding --record ana@example.com --step kickoff
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    from cadence.cli.story import story_text

    record = record_for(question)
    engine = open_engine(target=target, ledger=ledger, announce=True)
    plan = engine.explain(question.sequence, record, step=step, **question.arguments())
    show_findings(plan.findings)
    if form == "json":
        print_bytes(json.dumps(plan.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        click.echo(story_text(plan, stdout_screen()), nl=False)

"""`cadence plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import keep_plan, open_engine, record_for, show_findings
from cadence.cli.planshow import print_plan

if TYPE_CHECKING:
    from cadence.cli.options import Question

__all__ = ["command"]

CHANGES = 2


@click.command("plan", cls=options.AskingCommand)
@options.asks("SEQUENCE")
@options.form("table", "json", "csv")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Keep the plan as JSON.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@options.target
@options.ledger
def command(
    question: Question, *, form: str, out: Path | None, detailed_exitcode: bool, target: str | None, ledger: str | None
) -> int:
    """Show what SEQUENCE would schedule for a record, when, for whom and why. Nothing is written or sent.

    SEQUENCE is a file, or the name of one in sequences/. The record is looked up in the target; with --field, one
    that the target does not know is planned with just these fields.

    \b
    Values of --field: true, false, null, numbers and JSON are read as such, everything else is text;
    quotes keep a number text, as in --field 'version="1.10"'. Dotted names nest, as in owner.email=kim@example.com.
    Times are ISO 8601 with an offset, or local time in the record's zone.

    \b
    cadence plan onboarding --record ana@example.com
    cadence plan renewal.yaml --record R-17 --field timezone=Europe/Paris --field contract_end=2027-03-31
    cadence plan onboarding --record ana@example.com --format json --out plan.json
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    record = record_for(question)
    engine = open_engine(target=target, ledger=ledger, announce=True)
    plan = engine.plan(question.sequence, record, **question.arguments())
    show_findings(plan.findings)
    keep_plan(plan, out)
    print_plan(plan, form)
    return CHANGES if detailed_exitcode and plan.has_changes else 0

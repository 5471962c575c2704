"""`cadence apply`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import keep_plan, open_engine, print_bytes, record_for, show_findings
from cadence.cli.planshow import print_plan
from cadence.cli.progress import Progress
from cadence.cli.text import printable
from cadence.cli.words import report_dict, report_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.cli.options import Question
    from cadence.engine import Engine
    from cadence.model.plan import Plan, Report

__all__ = ["command"]

NOT_ALL = 1
CHANGES = 2
UNCLEAR = 3


@click.command("apply", cls=options.AskingCommand)
@options.asks("SEQUENCE|PLAN.json")
@options.form("table", "json", "csv")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Keep the plan as JSON.")
@click.option("--dry-run", is_flag=True, help="Print the plan and send nothing.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when something changed, or would.")
@options.engine
@options.target
@options.ledger
def command(  # noqa: PLR0913 - one argument an option
    question: Question,
    *,
    form: str,
    out: Path | None,
    dry_run: bool,
    detailed_exitcode: bool,
    driver: str,
    target: str | None,
    ledger: str | None,
) -> int:
    """Submit SEQUENCE for a record, in due order; or exactly what PLAN.json says.

    The plan is printed, then submitted, then counted. Each intent is written down before it is sent: run the same
    command again after a crash or Ctrl-C and it goes on where it stopped. A second run sends nothing.

    \b
    Exit codes: 0 done or nothing to do; 1 an error, or something was rejected or held back;
    3 something is in doubt or parked.
    With --format json one object of counts is all that goes to stdout.

    \b
    cadence apply onboarding --record ana@example.com
    cadence apply plan.json
    cadence apply onboarding --record ana@example.com --dry-run
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    make_plan = _planner(question)
    engine = open_engine(target=target, ledger=ledger, announce=True)
    if not dry_run:
        engine.prepare()
    plan = make_plan(engine)
    show_findings(plan.findings)
    keep_plan(plan, out)
    if dry_run or form != "json":
        print_plan(plan, form)
    if dry_run:
        return CHANGES if detailed_exitcode and plan.has_changes else 0
    with Progress() as progress:
        report = engine.apply(_due_now(plan, question), progress=progress, driver=driver)
    _print_report(report, form)
    return _code(report) or (CHANGES if detailed_exitcode and plan.has_changes else 0)


def _planner(question: Question) -> Callable[[Engine], Plan]:
    """Return what makes the plan that was asked for. Raises click.UsageError before anything is opened."""
    if _is_kept(question):
        return _loader(question)
    record = record_for(question)
    return lambda engine: engine.plan(question.sequence, record, **question.arguments())


def _loader(question: Question) -> Callable[[Engine], Plan]:
    if given := question.given():
        message = f"{given[0]} cannot be used with a plan: {question.sequence} already says what happens"
        raise click.UsageError(message, click.get_current_context())
    return lambda engine: engine.load_plan(Path(question.sequence))


def _due_now(plan: Plan, question: Question) -> Plan:
    """Return a plan made by this command without its expiry: it is fresh, also where --now lies years back."""
    return plan if _is_kept(question) else replace(plan, expires_at=None)


def _is_kept(question: Question) -> bool:
    return question.sequence.endswith(".json")


def _print_report(report: Report, form: str) -> None:
    for problem in report.problems:
        click.echo(printable(problem), err=True)
    if form == "json":
        print_bytes(json.dumps(report_dict(report), ensure_ascii=False) + "\n")
    else:
        click.echo(report_words(report), err=form == "csv")


def _code(report: Report) -> int:
    if report.in_doubt or report.parked:
        return UNCLEAR
    return NOT_ALL if report.rejected or report.held else 0

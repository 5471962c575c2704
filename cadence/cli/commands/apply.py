"""`cadence apply`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cadence.cli import options
from cadence.cli.asked import is_kept, planner
from cadence.cli.asking import keep_plan, open_engine, show_findings
from cadence.cli.many import CHANGES, apply_many, check_form, plan_many
from cadence.cli.planshow import print_plan
from cadence.cli.progress import Progress
from cadence.cli.reporting import code_of, has_changed, print_report
from cadence.wording.counts import plan_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.cli.options import Many, Question
    from cadence.engine import Engine
    from cadence.model.plan import Plan

__all__ = ["command"]

OUT = "Keep the plan as JSON; with --records each activity, as .csv, .ndjson or .parquet."


@click.command("apply", cls=options.AskingCommand)
@options.asks("SEQUENCE|PLAN.json")
@options.form("table", "json", "csv")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=OUT)
@click.option("--dry-run", is_flag=True, help="Print the plan and send nothing.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when something changed, or would.")
@options.many
@options.engine
@options.sending
@options.target
@options.ledger
def command(  # noqa: PLR0913 - one argument an option
    question: Question,
    *,
    form: str,
    out: Path | None,
    dry_run: bool,
    detailed_exitcode: bool,
    many: Many | None,
    driver: str,
    target: str | None,
    ledger: str | None,
    submit: Mapping[str, Any],
) -> int:
    """Submit SEQUENCE for a record, or for each row of --records, in due order; or exactly what PLAN.json says.

    The plan is printed, then submitted, then counted. Each intent is written down before it is sent: run the same
    command again after a crash or Ctrl-C and it goes on where it stopped. A second run sends nothing.

    A row of --records names its record by id, email or name; its columns `start` and `param.NAME` hold for it alone,
    the others are fields. A bad row stops no other: what became of each is in the report.

    \b
    Exit codes: 0 done or nothing to do; 1 an error, a bad row, or something was rejected or held back;
    3 something is in doubt or parked.
    With --format json one object of counts is all that goes to stdout.

    \b
    cadence apply onboarding --record ana@example.com
    cadence apply plan.json
    cadence apply onboarding --record ana@example.com --dry-run
    cadence apply onboarding --records contacts.csv
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    if driver == "temporal" and submit:
        message = "--rate and --no-wait are for the embedded engine: workers go by their own settings"
        raise click.UsageError(message, click.get_current_context())
    if many is not None:
        check_form(form)
        engine = _open(target, ledger, submit, writes=not dry_run)
        if dry_run:
            return plan_many(engine, question, many, form=form, out=out, detailed_exitcode=detailed_exitcode)
        return apply_many(
            engine, question, many, form=form, out=out, driver=driver, detailed_exitcode=detailed_exitcode
        )
    make_plan = planner(question)
    engine = _open(target, ledger, submit, writes=not dry_run)
    plan = make_plan(engine)
    show_findings(plan.findings)
    keep_plan(plan, out)
    if dry_run or form != "json":
        print_plan(plan, form)
    if dry_run:
        return CHANGES if detailed_exitcode and plan.has_changes else 0
    with Progress() as progress:
        report = engine.apply(_due_now(plan, question), progress=progress, driver=driver)
    said = plan_words(plan.counts) if form == "table" else ""
    print_report(report, form, by_workers=driver == "temporal", said=said)
    # What a kept plan says may have been done before.
    changed = has_changed(report) or (plan.has_changes and not is_kept(question))
    return code_of(report) or (CHANGES if detailed_exitcode and changed else 0)


def _open(target: str | None, ledger: str | None, submit: Mapping[str, Any], *, writes: bool) -> Engine:
    engine = open_engine(target=target, ledger=ledger, announce=True, submit=submit)
    if writes:
        engine.prepare()
    return engine


def _due_now(plan: Plan, question: Question) -> Plan:
    """Return a plan made by this command without its expiry: it is fresh, also where --now lies years back."""
    return plan if is_kept(question) else replace(plan, expires_at=None)

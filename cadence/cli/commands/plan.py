"""`cadence plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asked import planner
from cadence.cli.asking import keep_plan, open_engine, show_findings
from cadence.cli.many import CHANGES, check_form, plan_many
from cadence.cli.plandraw import FILES, write_plan
from cadence.cli.planshow import print_plan

if TYPE_CHECKING:
    from cadence.cli.options import Many, Question

__all__ = ["command"]


@click.command("plan", cls=options.AskingCommand)
@options.asks("SEQUENCE|PLAN.json")
@options.form("table", "json", "csv", *FILES)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the plan as JSON; with html and ics, as that; with --records each activity: .csv, .ndjson, .parquet.",
)
@click.option("--zone", metavar="ZONE", help="Show times on the clocks of ZONE too, in html.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@options.many
@options.target
@options.ledger
def command(  # noqa: PLR0913 - one argument an option
    question: Question,
    *,
    form: str,
    out: Path | None,
    zone: str | None,
    detailed_exitcode: bool,
    many: Many | None,
    target: str | None,
    ledger: str | None,
) -> int:
    """Show what SEQUENCE would schedule for a record, when, for whom and why; or what PLAN.json says. Nothing is sent.

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
    cadence plan onboarding --records contacts.csv --out plan.csv
    cadence plan plan.json --format html --out plan.html
    cadence plan onboarding --record ana@example.com --format ics --out onboarding.ics
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    if many is not None:
        check_form(form)
        engine = open_engine(target=target, ledger=ledger, announce=True)
        return plan_many(engine, question, many, form=form, out=out, detailed_exitcode=detailed_exitcode)
    make_plan = planner(question)
    engine = open_engine(target=target, ledger=ledger, announce=True)
    plan = make_plan(engine)
    show_findings(plan.findings)
    if form in FILES:
        write_plan(plan, form, out, engine=engine, question=question, zone=zone)
    else:
        keep_plan(plan, out)
        print_plan(plan, form)
    return CHANGES if detailed_exitcode and plan.has_changes else 0

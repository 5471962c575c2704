"""The end of every command that sends: counts on stdout, problems on stderr, and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cadence.cli.asking import print_bytes
from cadence.wording.counts import report_dict, report_words
from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.model.plan import Report

__all__ = ["code_of", "has_changed", "print_problems", "print_report", "print_ways_out"]

NOT_ALL = 1
UNCLEAR = 3
_WAYS_OUT = {
    "rejected": "put right what the CRM names and say `cadence retry`, or correct the sequence and apply it again",
    "in_doubt": "say `cadence settle` after the quiet period: what is in the CRM is adopted, what is not is sent",
    "parked": "look in the CRM, then decide by `cadence resolve STEP --record ID` with --adopt, --send or --drop",
}


def print_report(
    report: Report, form: str, *, by_workers: bool = False, said: str = "", of_several: bool = False
) -> None:
    """Print what needs a person and what that person can do, then the counts, unless that line was *said* already.

    *of_several* is whether it is about records that nobody named: a problem does not say of which it is.
    """
    print_problems(report.problems)
    print_ways_out(report, by_workers=by_workers)
    if of_several and any(getattr(report, name) for name in _WAYS_OUT):
        click.echo("hint: of which records it is: `cadence status`", err=True)
    if form == "json":
        print_bytes(json.dumps(report_dict(report), ensure_ascii=False) + "\n")
    elif (words := report_words(report)) != said:
        click.echo(words, err=form == "csv")


def print_problems(problems: Iterable[str]) -> None:
    """Print what needs a person, a line each."""
    for problem in problems:
        click.echo(printable(problem), err=True)


def print_ways_out(report: Report, *, by_workers: bool = False) -> None:
    """Print how to go on where something is not done. What is in doubt of a run *by_workers*, these settle."""
    for name, way in _WAYS_OUT.items():
        if getattr(report, name) and not (by_workers and name == "in_doubt"):
            click.echo(f"hint: {way}", err=True)


def code_of(report: Report) -> int:
    """Return 3 where something is in doubt or parked, 1 where something was rejected or held back, else 0."""
    if report.in_doubt or report.parked:
        return UNCLEAR
    return NOT_ALL if report.rejected or report.held else 0


def has_changed(report: Report) -> bool:
    """Return whether the run did anything; what it found in the CRM and adopted, a run had sent."""
    return any((report.scheduled, report.adopted, report.moved, report.reassigned, report.cancelled))

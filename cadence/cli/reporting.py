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

__all__ = ["code_of", "print_problems", "print_report"]

NOT_ALL = 1
UNCLEAR = 3


def print_report(report: Report, form: str) -> None:
    """Print what needs a person, then the counts."""
    print_problems(report.problems)
    if form == "json":
        print_bytes(json.dumps(report_dict(report), ensure_ascii=False) + "\n")
    else:
        click.echo(report_words(report), err=form == "csv")


def print_problems(problems: Iterable[str]) -> None:
    """Print what needs a person, a line each."""
    for problem in problems:
        click.echo(printable(problem), err=True)


def code_of(report: Report) -> int:
    """Return 3 where something is in doubt or parked, 1 where something was rejected or held back, else 0."""
    if report.in_doubt or report.parked:
        return UNCLEAR
    return NOT_ALL if report.rejected or report.held else 0

"""A list of rows, as a table for people or as JSON or CSV for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cadence.cli.asking import print_bytes
from cadence.cli.screen import stdout_screen
from cadence.cli.table import Row, draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["print_rows"]


def print_rows(titles: Sequence[str], rows: Sequence[Row], facts: Sequence[Mapping[str, object]], form: str) -> None:
    """Print *rows* as a table under *titles*, or *facts*, the same as names and values, as json or csv."""
    match form:
        case "json":
            print_bytes(json.dumps(list(facts), indent=2, ensure_ascii=False, default=str) + "\n")
        case "csv":
            from cadence.wording.plancsv import csv_text

            header = list(dict.fromkeys(name for fact in facts for name in fact))
            print_bytes(csv_text(header, ([fact.get(name) for name in header] for fact in facts)))
        case _ if rows:
            click.echo(draw(titles, rows, stdout_screen()))
        case _:
            click.echo("nothing to show", err=True)

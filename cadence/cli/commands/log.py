"""`cadence log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.facts import facts_of
from cadence.cli.listing import print_rows
from cadence.cli.table import Row
from cadence.wording.dates import in_column, spoken_utc, spoken_within

if TYPE_CHECKING:
    from cadence.ledger import LogLine

__all__ = ["command"]

_TITLES = ("WHEN", "WHO", "WHAT", "SEQUENCE", "RECORD", "STEP", "WHY")


@click.command("log")
@click.option("--record", "-r", metavar="ID", help="Only this record.")
@click.option("--limit", "-n", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@options.form("table", "json", "csv")
@options.ledger
def command(*, record: str | None, limit: int, form: str, ledger: str | None) -> None:
    """Show what was done: when, by whom, what and why; the newest first."""
    rows = open_engine(ledger=ledger).log(record=record, limit=limit)
    print_rows(_TITLES, [_row(row) for row in rows], facts_of(rows), form)


def _row(row: LogLine) -> Row:
    return Row(
        (in_column(spoken_utc(row.at)), row.by, row.what, row.sequence, row.record, row.step, spoken_within(row.why))
    )

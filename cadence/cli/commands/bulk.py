"""`cadence bulk`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine, print_bytes
from cadence.cli.facts import facts_of
from cadence.cli.group import OrderedGroup
from cadence.cli.listing import print_rows
from cadence.cli.table import Row
from cadence.wording.counts import report_dict, report_words
from cadence.wording.dates import in_column, spoken_utc
from cadence.wording.text import printable

if TYPE_CHECKING:
    from cadence.engine import Engine
    from cadence.engine.results import BulkRow

__all__ = ["command"]

_TITLES = ("RUN", "STATE", "DONE", "OF", "STARTED", "WHY")
_TONES = {"paused": "warn", "failed": "bad", "cancelled": "dim", "completed": "dim"}


@click.group("bulk", cls=OrderedGroup)
def command() -> None:
    """Show, pause, resume and cancel bulk runs: what `cadence apply --engine temporal` started."""


@command.command("status")
@click.argument("run", required=False)
@click.option("--limit", "-n", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@options.form("table", "json", "csv")
@options.ledger
def status(*, run: str | None, limit: int, form: str, ledger: str | None) -> None:
    """Show how far bulk runs are, in enrollments; of one RUN also what the ledger counts."""
    engine = open_engine(ledger=ledger)
    if run is None:
        rows = engine.bulk_list(limit=limit)
        print_rows(_TITLES, [_row(row) for row in rows], facts_of(rows), form)
    else:
        _show(engine, run, form)


@command.command("pause")
@click.argument("run")
def pause(*, run: str) -> None:
    """Let RUN send nothing more until it is resumed; what is in flight is finished."""
    open_engine().bulk_pause(run)


@command.command("resume")
@click.argument("run")
def resume(*, run: str) -> None:
    """Let a paused RUN go on."""
    open_engine().bulk_resume(run)


@command.command("cancel")
@click.argument("run")
def cancel(*, run: str) -> None:
    """End RUN: what was sent stays, what was not is not sent by it any more."""
    open_engine().bulk_cancel(run)


def _show(engine: Engine, run: str, form: str) -> None:
    row, report = engine.bulk_status(run)
    if form == "json":
        (facts,) = facts_of([row])
        print_bytes(json.dumps({**facts, "report": report_dict(report)}, ensure_ascii=False) + "\n")
        return
    print_rows(_TITLES, [_row(row)], facts_of([row]), form)
    if form == "table":
        click.echo(report_words(report))
    for problem in report.problems:
        click.echo(printable(problem), err=True)


def _row(row: BulkRow) -> Row:
    started = in_column(spoken_utc(row.started_at))
    return Row((row.run, row.state, str(row.done), str(row.total), started, row.trouble), _TONES.get(row.state, ""))

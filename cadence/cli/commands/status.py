"""`cadence status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.facts import facts_of
from cadence.cli.listing import print_rows
from cadence.cli.table import Row
from cadence.model.entry import State
from cadence.wording.dates import in_column, spoken_utc, spoken_within

if TYPE_CHECKING:
    from cadence.engine.results import StatusRow

__all__ = ["command"]

_TITLES = ("SEQUENCE", "RECORD", "STEP", "DUE", "STATE", "WHY")
_TONES = {
    State.IN_DOUBT: "warn",
    State.PARKED: "bad",
    State.REJECTED: "bad",
    State.CANCELLED: "dim",
    State.COMPLETED: "dim",
}


@click.command("status")
@click.option("--sequence", metavar="NAME", help="Only this sequence.")
@click.option("--record", "-r", metavar="ID", help="Only this record.")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only entries in this state.")
@options.form("table", "json", "csv")
@options.target
@options.ledger
def command(
    *,
    sequence: str | None,
    record: str | None,
    state: str | None,
    form: str,
    target: str | None,
    ledger: str | None,
) -> None:
    """Show what the ledger holds: each activity, where it stands, and what needs a person."""
    rows = open_engine(target=target, ledger=ledger).status(sequence=sequence, record=record, state=state)
    print_rows(_TITLES, [_row(row) for row in rows], facts_of(rows), form)


def _row(row: StatusRow) -> Row:
    step = f"{row.step} #{row.occurrence}" if row.occurrence > 1 else row.step
    state = row.state.replace("_", " ")
    cells = (row.sequence, row.record, step, in_column(spoken_utc(row.due_at)), state, spoken_within(_why(row)))
    return Row(cells, _TONES.get(State(row.state), ""))


def _why(row: StatusRow) -> str:
    if row.state != State.SCHEDULED or row.pending is None:
        return row.reason or ""
    return f"{row.pending} refused: {row.reason}" if row.reason else f"{row.pending} not confirmed yet"

"""`cadence resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.wording.text import printable

if TYPE_CHECKING:
    from cadence.delivery.resolution import Resolution

__all__ = ["command"]


@click.command("resolve")
@click.argument("step")
@click.option("--record", "-r", metavar="ID", help="The record: its id, email or name.")
@click.option("--sequence", metavar="NAME", help="The sequence.")
@click.option("--occurrence", type=click.IntRange(1), metavar="N", help="Which one, where the step repeats.")
@click.option("--adopt", metavar="ACTIVITY", help="It is in the CRM, under this id.")
@click.option("--send", is_flag=True, help="It is not in the CRM: send it.")
@click.option("--drop", is_flag=True, help="Give it up, whatever is in the CRM.")
@options.target
@options.ledger
def command(  # noqa: PLR0913 - one argument an option
    *,
    step: str,
    record: str | None,
    sequence: str | None,
    occurrence: int | None,
    adopt: str | None,
    send: bool,
    drop: bool,
    target: str | None,
    ledger: str | None,
) -> None:
    """Decide about STEP, which is parked: the program could not tell whether it is in the CRM, and you looked.

    Nothing is sent by this; `cadence settle` then goes on with the record. --drop also gives up what was refused.

    \b
    cadence resolve kickoff --record ana@example.com --adopt 0192f0c1-77aa-7bb0-8c3f-5d1e2f3a4b5c
    cadence resolve kickoff --record ana@example.com --send
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    resolution = _resolution(adopt, send=send, drop=drop)
    engine = open_engine(target=target, ledger=ledger)
    row = engine.resolve(step, resolution, record=record, sequence=sequence, occurrence=occurrence)
    done = "adopted" if adopt else "to be sent" if send else "given up"
    text = f"step '{row.step}' of {row.record} in {row.sequence}: {done}; `cadence settle` goes on with the record"
    click.echo(printable(text))


def _resolution(adopt: str | None, *, send: bool, drop: bool) -> Resolution:
    from cadence.delivery.resolution import Adopt, Drop, Send

    if (adopt is not None) + send + drop != 1 or adopt == "":
        message = "expected one of --adopt ACTIVITY, --send and --drop"
        raise click.UsageError(message, click.get_current_context())
    if adopt is not None:
        return Adopt(adopt)
    return Send() if send else Drop()

"""`cadence settle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.progress import Progress
from cadence.cli.reporting import code_of, print_report

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["command"]


@click.command("settle")
@options.form("table", "json")
@options.sending
@options.target
@options.ledger
def command(*, form: str, target: str | None, ledger: str | None, submit: Mapping[str, Any]) -> int:
    """Go on with all that is open in the ledger: look for what is in doubt, send what was approved and not sent.

    It does what the runs that were cut short would have done, for every record of the target at once. What the CRM
    refused is left alone, `cadence retry` tries it again; what is parked waits for `cadence resolve`.

    \b
    Exit codes: 0 nothing is open any more; 1 an error, or something is rejected or held back;
    3 something is in doubt or parked.
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    engine = open_engine(target=target, ledger=ledger, announce=True, submit=submit)
    with Progress() as progress:
        report = engine.settle(progress=progress)
    print_report(report, form, of_several=True)
    return code_of(report)

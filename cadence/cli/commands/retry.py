"""`cadence retry`."""

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


@click.command("retry")
@click.option("--sequence", metavar="NAME", help="Only this sequence.")
@click.option("--record", "-r", metavar="ID", help="Only this record.")
@options.form("table", "json")
@options.sending
@options.target
@options.ledger
def command(
    *,
    sequence: str | None,
    record: str | None,
    form: str,
    target: str | None,
    ledger: str | None,
    submit: Mapping[str, Any],
) -> int:
    """Try again what the CRM refused, once its cause is out of the way, and send what waited for it.

    The bodies are those that were approved. Where they are what was wrong, correct the sequence and apply it instead.
    Exit codes are those of `cadence apply`.
    """
    engine = open_engine(target=target, ledger=ledger, announce=True, submit=submit)
    with Progress() as progress:
        report = engine.retry(sequence=sequence, record=record, progress=progress)
    print_report(report, form, of_several=record is None)
    return code_of(report)

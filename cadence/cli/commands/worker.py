"""`cadence worker`."""

from __future__ import annotations

import logging

import click

from cadence.cli import options
from cadence.cli.asking import open_engine

__all__ = ["command"]

_LINE = "%(asctime)s %(levelname)s %(message)s"


@click.command("worker")
@click.option("--engine", type=click.Choice(["temporal"]), default="temporal", show_default=True, help="Who hands out.")
@click.option("--chunks", type=click.IntRange(1), default=4, show_default=True, help="How many chunks at a time.")
@click.option("--promote/--no-promote", default=True, show_default=True, help="Take all work over to this version.")
@options.ledger
def command(*, engine: str, chunks: int, promote: bool, ledger: str | None) -> None:  # noqa: ARG001 - there is one
    """Send for bulk runs until SIGTERM or Ctrl-C; run as many of these as you like, on any machine.

    It needs a ledger on PostgreSQL and a Temporal, named in [ledger] and [temporal] of cadence.toml, and the targets of
    the runs. What it is told to leave, or loses, another one goes on with. Its log is on stderr.
    """
    logging.basicConfig(level=logging.INFO, format=_LINE)
    open_engine(ledger=ledger).worker(at_once=chunks, promote=promote)

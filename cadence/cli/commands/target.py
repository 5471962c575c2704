"""`cadence target`."""

from __future__ import annotations

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.group import OrderedGroup
from cadence.wording.text import printable

__all__ = ["command"]


@click.group("target", cls=OrderedGroup)
def command() -> None:
    """Talk to the CRM."""


@command.command("ping")
@options.target
def ping(*, target: str | None) -> None:
    """Ask the target who it is: proves its address and credentials before anything is sent."""
    answer = open_engine(target=target, announce=True).target_ping()
    words = f"{answer.name}: {answer.business} at {answer.base_url} answered in {answer.latency_ms:.0f} ms"
    click.echo(printable(words))

"""`cadence init`."""

from __future__ import annotations

from pathlib import Path

import click

from cadence.cli.asking import open_engine

__all__ = ["command"]


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> None:
    """Set up FOLDER, the working directory by default: settings, an example sequence, the local store.

    What is already there is kept.
    """
    result = open_engine().init(folder)
    for path in result.created:
        click.echo(f"created {path}")
    for path in result.kept:
        click.echo(f"kept    {path}")

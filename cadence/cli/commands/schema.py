"""`cadence schema`."""

from __future__ import annotations

import json

import click

from cadence.cli.asking import open_engine, print_bytes

__all__ = ["command"]


@click.command("schema")
@click.argument("kind", type=click.Choice(["sequence", "calendar", "team", "golden"]), default="sequence")
def command(kind: str) -> None:
    """Print the JSON Schema of a kind of file, so that editors complete and check it.

    \b
    cadence schema > sequence.schema.json
    cadence schema calendar
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    print_bytes(json.dumps(open_engine().schema(kind), indent=2, ensure_ascii=False) + "\n")

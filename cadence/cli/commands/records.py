"""`cadence records`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.group import OrderedGroup
from cadence.cli.imported import imported
from cadence.cli.listing import print_rows
from cadence.cli.table import Row

if TYPE_CHECKING:
    from cadence.model.people import Record

__all__ = ["command"]

_TITLES = ("ID", "NAME", "EMAIL", "ZONE")
_OBJECT = click.option("--object", "object_name", default="client_client", show_default=True, help="Kind of record.")


@click.group("records", cls=OrderedGroup)
def command() -> None:
    """Import and list records."""


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@_OBJECT
@options.target
@options.db
def import_(path: Path, *, object_name: str, target: str | None, db: str | None) -> int:
    """Create or update a record for each row of FILE.csv; the header names the fields.

    Rows are matched by email, or by id where the file has one. A bad row is named and the rest is taken.
    """
    return imported(open_engine(target=target, db=db, announce=True).records_import(path, object=object_name), "record")


@command.command("list")
@_OBJECT
@click.option("--search", metavar="TEXT", help="Only records that hold this text.")
@click.option("--limit", "-n", type=click.IntRange(1), default=50, show_default=True, help="At most this many.")
@options.form("table", "json", "csv")
@options.target
@options.db
def list_(*, object_name: str, search: str | None, limit: int, form: str, target: str | None, db: str | None) -> None:
    """List the records of the target."""
    records = open_engine(target=target, db=db).records_list(object=object_name, search=search, limit=limit)
    print_rows(_TITLES, [_row(record) for record in records], [_fact(record) for record in records], form)


def _row(record: Record) -> Row:
    fields = record.fields
    return Row((record.id, record.name, str(fields.get("email") or ""), str(fields.get("timezone") or "")))


def _fact(record: Record) -> dict[str, object]:
    return {"id": record.id, "object": record.object, "name": record.name, **record.fields}

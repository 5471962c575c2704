"""`cadence activities`."""

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
    from cadence.model.people import ActivityType

__all__ = ["command"]

_TITLES = ("ID", "NAME", "API NAME", "RECORDS")
_MODES = {
    "all_objects_associated": "of any object",
    "selected_objects_associated": "of some objects",
    "no_objects_associated": "none",
}


@click.group("activities", cls=OrderedGroup)
def command() -> None:
    """Import and list the activity types."""


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@options.target
@options.db
def import_(path: Path, *, target: str | None, db: str | None) -> int:
    """Create or change an activity type for each row of FILE.csv, in the embedded service.

    Columns are name, api_name, description and objects: the kinds of records that may be associated, separated by
    spaces; `none` for none, all where the cell is empty. Rows are matched by api_name.
    """
    engine = open_engine(target=target, db=db, announce=True)
    return imported(engine.activities_import(path), "activity type")


@command.command("list")
@options.form("table", "json", "csv")
@options.target
@options.db
def list_(*, form: str, target: str | None, db: str | None) -> None:
    """List the activity types of the target."""
    kinds = open_engine(target=target, db=db).activities_list()
    print_rows(_TITLES, [_row(kind) for kind in kinds], [_fact(kind) for kind in kinds], form)


def _row(kind: ActivityType) -> Row:
    return Row((kind.id, kind.name, kind.api_name, _MODES.get(kind.association_mode, kind.association_mode)))


def _fact(kind: ActivityType) -> dict[str, object]:
    return {
        "id": kind.id,
        "name": kind.name,
        "api_name": kind.api_name,
        "association_mode": kind.association_mode,
    }

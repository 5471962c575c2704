"""`cadence team`."""

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
from cadence.wording.dates import spoken_date

if TYPE_CHECKING:
    from cadence.model.people import Employee, Leave

__all__ = ["command"]

_TITLES = ("NAME", "EMAIL", "ZONE", "ROLES", "LEAVE")


@click.group("team", cls=OrderedGroup)
def command() -> None:
    """Import and list the team."""


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yaml")
@options.target
@options.db
def import_(path: Path, *, target: str | None, db: str | None) -> int:
    """Create or update the people and roles of FILE.yaml, with their zones, hours and leave."""
    return imported(open_engine(target=target, db=db, announce=True).team_import(path), "employee")


@command.command("list")
@options.form("table", "json", "csv")
@options.target
@options.db
def list_(*, form: str, target: str | None, db: str | None) -> None:
    """List the team of the target."""
    team = open_engine(target=target, db=db).team_list()
    print_rows(_TITLES, [_row(employee) for employee in team], [_fact(employee) for employee in team], form)


def _row(employee: Employee) -> Row:
    leave = "; ".join(_away(absence) for absence in employee.leave)
    return Row((employee.name, employee.email, employee.timezone or "", ", ".join(employee.roles), leave))


def _away(leave: Leave) -> str:
    return (
        spoken_date(leave.first)
        if leave.first == leave.last
        else f"{spoken_date(leave.first)} to {spoken_date(leave.last)}"
    )


def _fact(employee: Employee) -> dict[str, object]:
    return {
        "id": employee.id,
        "name": employee.name,
        "email": employee.email,
        "timezone": employee.timezone,
        "roles": list(employee.roles),
        "leave": [f"{leave.first.isoformat()}..{leave.last.isoformat()}" for leave in employee.leave],
    }

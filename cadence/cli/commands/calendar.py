"""`cadence calendar`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from cadence.cli import options
from cadence.cli.asking import open_engine
from cadence.cli.facts import facts_of
from cadence.cli.group import OrderedGroup
from cadence.cli.listing import print_rows
from cadence.cli.table import Row
from cadence.clock import SystemClock
from cadence.wording.dates import in_column, spoken_date
from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence.engine.results import DayRow

__all__ = ["command"]

CHANGES = 2
_TITLES = ("DAY", "OPEN", "WHY")
_DAYS_SHOWN = 28
_YEARS_BEHIND = 1
_YEARS_AHEAD = 5

_YEAR = click.IntRange(1970, 2200)


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a date; write it as 2026-11-23", param, ctx)


def _years(function: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in (
        options.calendars,
        click.option("--to-year", type=_YEAR, help="The last year; in five years by default."),
        click.option("--from-year", type=_YEAR, help="The first year; last year by default."),
    ):
        function = decorate(function)
    return function


@click.group("calendar", cls=OrderedGroup)
def command() -> None:
    """Show a calendar, lock its holidays, see what changed."""


@command.command("show")
@click.argument("name")
@click.option("--from", "first", type=_Day(), metavar="DATE", help="The first day; today by default.")
@click.option("--to", "last", type=_Day(), metavar="DATE", help="The last day; four weeks by default.")
@click.option("--zone", metavar="NAME", help="Show the hours in this zone.")
@options.form("table", "json", "csv")
def show(*, name: str, first: date | None, last: date | None, zone: str | None, form: str) -> None:
    """Show the days of the calendar NAME: when it is open, or why it is closed.

    \b
    cadence calendar show us-support --from 2026-12-21 --to 2027-01-04
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    first = first or SystemClock().now().date()
    last = last or first + timedelta(days=_DAYS_SHOWN - 1)
    if last < first:
        message = f"--to {last} lies before --from {first}; give the earlier day first"
        raise click.UsageError(message, click.get_current_context())
    days = open_engine().calendar_show(name, first=first, last=last, zone=zone)
    print_rows(_TITLES, [_row(day) for day in days], facts_of(days), form)


@command.command("lock")
@_years
def lock(*, from_year: int | None, to_year: int | None, calendars: Path | None) -> None:
    """Freeze the holidays of all calendars' regions into holidays.lock.json, so that no new release moves a date."""
    first_year, last_year = _span(from_year, to_year)
    result = open_engine().calendar_lock(first_year=first_year, last_year=last_year, calendars=calendars)
    state = "written" if result.changed else "unchanged"
    regions = ", ".join(result.regions) or "no regions"
    click.echo(f"{result.path} {state}: {result.days} holidays, {regions}, {first_year} to {last_year}")


@command.command("diff")
@_years
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when something differs.")
def diff(*, from_year: int | None, to_year: int | None, calendars: Path | None, detailed_exitcode: bool) -> int:
    """Show how the holidays that are known now differ from the locked ones."""
    first_year, last_year = _span(from_year, to_year)
    result = open_engine().calendar_diff(first_year=first_year, last_year=last_year, calendars=calendars)
    for line in result.lines:
        click.echo(printable(line))
    if not result.lines:
        click.echo(f"{result.path}: no difference", err=True)
    return CHANGES if detailed_exitcode and result.lines else 0


def _span(first: int | None, last: int | None) -> tuple[int, int]:
    year = SystemClock().now().year
    first, last = first or year - _YEARS_BEHIND, last or year + _YEARS_AHEAD
    if last < first:
        message = f"--to-year {last} lies before --from-year {first}; give the earlier year first"
        raise click.UsageError(message, click.get_current_context())
    return first, last


def _row(day: DayRow) -> Row:
    hours = ", ".join(day.intervals) or "closed"
    return Row((in_column(spoken_date(day.day)), hours, day.reason or ""), "" if day.intervals else "dim")

"""The options that several commands share, each described once."""

from __future__ import annotations

import math
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cadence.cli.assignments import ASSIGNMENT, as_mapping
from cadence.config.bounds import RATE
from cadence.engine.literal import read_values
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "AskingCommand", "Question", "asks", "calendars", "db", "engine", "form", "ledger", "sending", "store_url",
    "target",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What to plan, as it was asked: `fields` are read as JSON where they look so, all else is as written."""

    sequence: str
    record: str | None
    fields: Mapping[str, Any]
    params: Mapping[str, str]
    start: str | None
    now: str | None
    calendars: Path | None

    def arguments(self) -> dict[str, Any]:
        """Return what the engine takes besides the sequence and the record."""
        return {
            "fields": self.fields,
            "params": self.params,
            "start": self.start,
            "now": self.now,
            "calendars": self.calendars,
        }

    def given(self) -> list[str]:
        """Return the options that were used."""
        named: dict[str, object] = {"--record": self.record, "--field": self.fields, "--param": self.params}
        named |= {"--start": self.start, "--now": self.now, "--calendars": self.calendars}
        return [option for option, value in named.items() if value]


@dataclass(frozen=True, slots=True)
class Many:
    """A file of records; `by` is the column that names them, `report` a file for what became of each."""

    records: Path
    by: str | None
    report: Path | None


calendars = click.option(
    "--calendars",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the calendars are; sequences/calendars by default.",
)
target = click.option("--target", "-t", metavar="NAME", help="Which CRM: a [targets.NAME] of cadence.toml, or local.")
db = click.option("--db", metavar="URL", help="Which store; that of the target local by default.")
ledger = click.option("--ledger", metavar="URL", help="Which ledger; sqlite:///.cadence/ledger.db by default.")
engine = click.option(
    "--engine",
    "driver",
    type=click.Choice(["embedded", "temporal"]),
    default="embedded",
    show_default=True,
    help="Who sends: this process, or the workers of Temporal.",
)


class _Rate(click.ParamType[float]):
    """Requests a second, within the bounds of the setting."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            rate = float(value)
        except ValueError:
            rate = math.nan
        if not RATE.hold(rate):
            self.fail(f"'{value}' is no rate; give {RATE}", param, ctx)
        return rate


_SENDING = (
    click.option("--rate", type=_Rate(), metavar="N", help="At most N requests a second; 0: no limit."),
    click.option("--no-wait", is_flag=True, help="Leave what is in doubt, and what other runs hold, as it is."),
)
_MANY = (
    click.option(
        "--records",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Many records: the rows of a .csv, .ndjson, .jsonl or .parquet file.",
    ),
    click.option("--by", metavar="COLUMN", help="The column of --records that names the record."),
    click.option(
        "--report",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="What became of each row of --records: .csv or .ndjson.",
    ),
)
_ASSIGNING = frozenset({"--field", "-f", "--param", "-p"})

_QUESTION = (
    click.option("--record", "-r", metavar="ID", help="The record: its id, email or name."),
    click.option("--field", "-f", "fields", type=ASSIGNMENT, multiple=True, help="Supply or override fields."),
    click.option("--param", "-p", "params", type=ASSIGNMENT, multiple=True, help="Supply params of the sequence."),
    click.option("--start", metavar="WHEN", help="When the enrollment starts; now by default."),
    click.option("--now", metavar="WHEN", help="Plan as if it were then."),
    calendars,
)


def sending(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate *function* with the options of how to send; it gets them as one mapping, `submit`."""

    @wraps(function)
    def command(*positional: Any, **options: Any) -> Any:
        rate, no_wait = options.pop("rate"), options.pop("no_wait")
        submit = ({} if rate is None else {"rate": rate}) | ({"wait": False} if no_wait else {})
        return function(*positional, **options, submit=submit)

    for option in reversed(_SENDING):
        option(command)
    return command


def store_url(db: str | None) -> str:
    """Return the store that --db names, else that of the target local."""
    from cadence.config import load_settings

    return db or load_settings().store_url


def many(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate *function* with the options of a file of records; it gets them as one value, `many`, None for one."""

    @wraps(function)
    def command(question: Question, **options: Any) -> Any:
        records, by, report = options.pop("records"), options.pop("by"), options.pop("report")
        return function(question, **options, many=_many(question, records, by=by, report=report))

    for option in reversed(_MANY):
        option(command)
    return command


def _many(question: Question, records: Path | None, *, by: str | None, report: Path | None) -> Many | None:
    context = click.get_current_context()
    if records is None:
        if by or report:
            raise click.UsageError(f"{'--by' if by else '--report'} goes with --records", context)
        return None
    if question.record:
        raise click.UsageError("--record names one record and --records a file of them: give one of the two", context)
    if question.sequence.endswith(".json"):
        raise click.UsageError(f"--records goes with a sequence, and {question.sequence} is a plan", context)
    return Many(records, by, report)


def form(*choices: str) -> Callable[..., Any]:
    """Return the option --format with *choices*, the first by default."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to print it."
    )


def asks(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that reads a Question, its first argument shown as *what*, and hands it over first."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**options: Any) -> Any:
            return function(_question(options), **options)

        for option in reversed(_QUESTION):
            option(command)
        return click.argument("sequence", metavar=what)(command)

    return decorate


class AskingCommand(click.Command):
    """A command whose --field and --param take several assignments: `--field a=1 b=2` is `--field a=1 --field b=2`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        return super().parse_args(ctx, _spread(args))


def _spread(arguments: list[str]) -> list[str]:
    spread: list[str] = []
    option = ""
    for argument in arguments:
        if argument.startswith("-"):
            option = argument if argument in _ASSIGNING else ""
        elif option and "=" in argument and spread[-1] != option:
            spread.append(option)
        elif spread and spread[-1] != option:
            option = ""
        spread.append(argument)
    return spread


def _question(options: dict[str, Any]) -> Question:
    return Question(
        sequence=options.pop("sequence"),
        record=options.pop("record"),
        fields=read_values(as_mapping("--field", options.pop("fields"))),
        params=as_mapping("--param", options.pop("params")),
        start=options.pop("start"),
        now=options.pop("now"),
        calendars=options.pop("calendars"),
    )

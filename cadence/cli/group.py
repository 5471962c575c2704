"""The command group: it knows every command's name and summary without importing the command."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from cadence.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SUMMARIES", "LazyGroup", "OrderedGroup", "cadence"]

SUMMARIES: Mapping[str, str] = {
    "init": "Set up a folder: settings, an example, the local store",
    "check": "Check sequence files and say everything that is wrong",
    "plan": "Show what a sequence would schedule for a record",
    "apply": "Submit a sequence for a record, or a plan made before",
    "explain": "Tell how each due date came about",
    "test": "Compare expansions with golden files",
    "status": "Show the enrollments and what needs a person",
    "log": "Show what was done, when and why",
    "settle": "Look for what is in doubt, send what is open",
    "retry": "Try again what the CRM refused",
    "resolve": "Decide about a step that is parked",
    "records": "Import and list records",
    "team": "Import and list the team",
    "activities": "Import and list the activity types",
    "calendar": "Show a calendar, lock its holidays, see what changed",
    "schema": "Print the JSON Schema of the files",
    "target": "Talk to the CRM",
    "worker": "Send for bulk runs, as one of many processes",
    "serve": "Serve the CRM's API on a store of your own",
    "keys": "Make, list and revoke the keys of the service",
    "bulk": "Show, pause, resume and cancel bulk runs",
}


class OrderedGroup(click.Group):
    """A group that lists its commands in the order of work, each summary whole."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which the commands were added."""
        return list(self.commands)

    def summaries(self) -> Mapping[str, str]:
        """Return what each command does, by its name."""
        return {name: command.get_short_help_str(limit=200) for name, command in self.commands.items()}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was asked for, or say which was meant."""
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            raise _unknown(name, ctx, self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries().items()))


class LazyGroup(OrderedGroup):
    """A group whose commands are imported when they run; listing them costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(SUMMARIES)

    def summaries(self) -> Mapping[str, str]:
        """Return what each command does, by its name."""
        return SUMMARIES

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import the command of that name."""
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"cadence.cli.commands.{cmd_name}").command
        return command


def _unknown(name: str, context: click.Context, known: list[str]) -> click.UsageError:
    from cadence.diagnostics import suggest

    close = suggest(name, known)
    hint = f"; did you mean '{close}'?" if close else ""
    return click.UsageError(f"unknown command '{name}'{hint}", context)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are in cadence.toml; CADENCE_SECTION__KEY in the environment overrides one.",
)
@click.version_option(__version__, message="cadence %(version)s")
@click.option("--debug", is_flag=True, envvar="CADENCE_DEBUG", expose_value=False, help="Show tracebacks of failures.")
def cadence() -> None:
    """Multi-step sequences as code: see every due date, and why, before anything is sent."""

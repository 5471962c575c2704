"""docs/reference/cli.md, made from the commands' own help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cadence.cli.group import SUMMARIES, cadence

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["reference"]

_WIDTH = 100
_HEAD = """# The command `cadence`

Made from the commands' own help by `python -m cadence.cli.reference`; a test fails when it is stale.

## What scripts rely on

- Data goes to stdout, everything else to stderr: findings, progress, hints, errors.
- Exit codes: 0 done, or nothing to do; 1 an error, usage errors included, a bad row of `--records`, or something
  rejected or held back by `apply`; 2 changes, only with `--detailed-exitcode`; 3 something is in doubt or parked after
  `apply`. Ctrl-C ends with 130, unless a run was sending: it finishes what is in flight and ends with its own code.
  A reader of stdout that leaves ends it with 141.
- `--format json` and `csv` are UTF-8 and complete: colours, widths and the terminal do not touch them. In CSV a cell
  that a spreadsheet would run as a formula (it starts with `=`, `+`, `-` or `@`) has an apostrophe before it.
- Tables fit the terminal, or `COLUMNS`, or 100 columns in a pipe. Colours appear only on a terminal; `NO_COLOR` and
  `TERM=dumb` turn them off. Control characters in names and notes are shown as their codes.
- `CADENCE_DEBUG=1`, or `cadence --debug`, adds the traceback to an error. Keys are never shown.

## What a table says

Each line of a plan begins with what would be done: `+` create, `~` move or reassign, `-` cancel, `=` keep,
`.` skip, `?` an estimate that waits on a completion. Dues are in the zone of the record, or of the step where that
differs. What moved a due, or why it is not sent, stands beside it, or under it where the terminal is narrow.

## Values of `--field`

| written | means |
|---|---|
| `seats=25`, `rate=-0.5` | a number |
| `vip=true`, `vip=false`, `owner=null` | true, false, nothing |
| `tags=["a","b"]`, `plan={"code":"pro"}` | JSON |
| `zip=0123`, `phone=+49301234`, `code=1e5`, `since=2026-11-23` | text |
| `version="1.10"` (quotes kept from the shell) | the text `1.10` |
| `owner.email=kim@example.com` | a field in a field |
| `note=` | the empty text |

Values of `--param` are read by the type that the sequence declares.

What the rows of `--records` may say, and what the report says of them, is on [a page of its own](records.md).

## Completion

```
eval "$(_CADENCE_COMPLETE=bash_source cadence)"
eval "$(_CADENCE_COMPLETE=zsh_source cadence)"
_CADENCE_COMPLETE=fish_source cadence | source
```
"""


def reference() -> str:
    """Return the page as Markdown: the contract, then every command with its help."""
    context = _context(cadence, "cadence", None)
    sections = [_section(cadence, context)]
    for name in SUMMARIES:
        command = cadence.get_command(context, name)
        assert command is not None  # noqa: S101 - its name comes from the same table
        sections += _sections(command, _context(command, name, context))
    return "\n".join([_HEAD, *sections])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield _section(command, context)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _sections(child, _context(child, name, context))


def _section(command: click.Command, context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command, info_name=name, parent=parent, terminal_width=_WIDTH, help_option_names=["-h", "--help"]
    )


if __name__ == "__main__":
    click.echo(reference(), nl=False)

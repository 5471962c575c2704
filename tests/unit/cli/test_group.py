"""The group and its commands."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from cadence.cli.group import SUMMARIES, cadence


def test_every_name_leads_to_its_command() -> None:
    context = click.Context(cadence)
    commands = {name: cadence.get_command(context, name) for name in SUMMARIES}
    assert {name: command and command.name for name, command in commands.items()} == {name: name for name in SUMMARIES}
    assert cadence.get_command(context, "nonsense") is None


@pytest.mark.parametrize("name", list(SUMMARIES))
def test_every_command_and_option_says_what_it_is_for(name: str) -> None:
    context = click.Context(cadence)
    command = cadence.get_command(context, name)
    assert command is not None
    children = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    for child in children:
        assert child.help
        assert not [p.name for p in child.params if isinstance(p, click.Option) and not p.help]


def test_help_imports_no_command_and_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from cadence.cli.main import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = ('rich', 'pydantic', 'yaml', 'httpx', 'sqlalchemy', 'jinja2', 'holidays', 'cadence.engine',"
        " 'cadence.cli.commands', 'cadence.model', 'cadence.config')\n"
        "print([name for name in sys.modules if name.startswith(heavy)], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"

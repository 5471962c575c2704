"""Where the command starts and ends: what it returns is its exit code, and every failure becomes a message."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from cadence.cli import failure
from cadence.cli.group import cadence

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

_NAME = "cadence"
_COMPLETION = "_CADENCE_COMPLETE"


def main() -> NoReturn:
    """Run the command with this process's arguments and exit with its code."""
    if _COMPLETION in os.environ:
        cadence.main(prog_name=_NAME)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0 done, 1 an error, 2 changes where asked for, 3 something unclear."""
    failure.tolerate_any_encoding()
    try:
        code = _invoke(list(arguments))
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the outermost shell
        return failure.tell(error, debug=failure.wants_traceback(arguments))
    return code


def _invoke(arguments: list[str]) -> int:
    with cadence.make_context(_NAME, arguments) as context:
        code = cadence.invoke(context)
    return code if isinstance(code, int) else 0

"""Where the command starts and ends: what it returns is its exit code, and every failure becomes a message."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from cadence.cli import failure
from cadence.cli.group import cadence
from cadence.cli.streams import open_closed_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

_NAME = "cadence"
_COMPLETION = "_CADENCE_COMPLETE"
_RARELY = 100_000


def main() -> NoReturn:
    """Run the command with this process's arguments and exit with its code."""
    open_closed_streams()
    _travel_light()
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


def _travel_light() -> None:
    """Spare a short process what only a long one needs, a sixth of the time that a plan takes.

    Garbage is sought rarely, and not once more at the end, when all memory is given back anyway. Pydantic need not read
    what every installed package says of itself, in search of plugins.
    """
    gc.set_threshold(_RARELY)
    atexit.register(gc.freeze)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _invoke(arguments: list[str]) -> int:
    with cadence.make_context(_NAME, arguments) as context:
        code = cadence.invoke(context)
    return code if isinstance(code, int) else 0

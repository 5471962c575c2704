"""`cadence test`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cadence.cli.asking import open_engine
from cadence.cli.screen import stdout_screen
from cadence.wording.text import printable

if TYPE_CHECKING:
    from cadence.cli.screen import Screen
    from cadence.engine.results import CaseResult

__all__ = ["command"]


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATHS]...")
@click.option("--update", is_flag=True, help="Rewrite the goldens to what comes out now; review the diff in git.")
def command(paths: tuple[Path, ...], *, update: bool) -> int:
    """Expand sequences and compare the due dates with golden files (*.golden.yaml).

    PATHS are golden files and folders; sequences/ by default. Exits with 1 when a case differs.

    \b
    cadence test sequences/
    cadence test sequences/onboarding.golden.yaml
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    results = open_engine().test(paths, update=update)
    screen = stdout_screen()
    for result in results:
        click.echo(_line(result, screen))
    failed = sum(not result.passed for result in results)
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _line(result: CaseResult, screen: Screen) -> str:
    name = printable(f"{result.path}: {result.name}")
    if result.passed:
        return f"{screen.paint('ok', 'good')}      {name}"
    differences = "".join(f"\n          {printable(difference)}" for difference in result.differences)
    return f"{screen.paint('differs', 'bad')} {name}{differences}"

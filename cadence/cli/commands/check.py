"""`cadence check`."""

from __future__ import annotations

from pathlib import Path

import click

from cadence.cli import options
from cadence.cli.asking import open_engine, print_bytes, show_findings

__all__ = ["command"]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATHS]...")
@options.form("text", "json", "github", "sarif")
def command(paths: tuple[Path, ...], *, form: str) -> int:
    """Check sequence, calendar, team and golden files, and say everything that is wrong with all of them at once.

    PATHS are files and folders; sequences/ by default. Findings go to stderr as file:line:column: severity[code]
    message; json, github and sarif go to stdout. Exits with 1 when there is an error; warnings do not count.

    \b
    cadence check
    cadence check sequences/onboarding.yaml
    cadence check --format github
    cadence check --format sarif > findings.sarif
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    from cadence.diagnostics import errors_among
    from cadence.diagnostics.report import render, summary

    findings = open_engine().check(paths)
    if form == "text":
        show_findings(findings)
        click.echo(summary(findings), err=True)
    else:
        print_bytes(render(findings, form))
    return 1 if errors_among(findings) else 0

"""Runs the commands of a console block as a reader would, and compares what they print.

A line `$ command` is run by bash in the page's project (`> ` continues it); the lines up to the next command are
what a terminal shows, errors included. A line `...` stands for any lines, `...` within a line for any text.
A command must succeed, unless the next one is `echo $?`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT, Block

SETUP = {
    "empty": (),
    "demo": (
        "cadence init",
        "cadence team import sequences/demo/team.yaml",
        "cadence records import sequences/demo/records.csv",
    ),
}


@dataclass(frozen=True)
class Command:
    """A command line and the lines expected of it; none at all means that its output is not shown."""

    line: str
    shown: tuple[str, ...]


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block (or the lines of a bash block, whose output is not shown)."""
    if block.language == "bash":
        return [Command(line, ()) for line in block.body.splitlines() if line.strip() and not line.startswith("#")]
    found: list[tuple[str, list[str]]] = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
        elif found:
            found[-1][1].append(line.rstrip())
    return [Command(line, tuple(shown)) for line, shown in found]


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Return whether *printed* is what the page shows; blank lines at the end do not count."""
    pattern = "".join(_line_pattern(line) for line in shown)
    got = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(rf"{pattern}\n*", f"{got.rstrip()}\n" if got.strip() else "") is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return "[^\n]*?".join(re.escape(part) for part in line.split("...")) + "\n"


class Session:
    """A scratch project and the exit code of the last command."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.status = 0
        folder.mkdir()
        if SETUP[kind]:
            shutil.copytree(ROOT / "sequences", folder / "sequences")
        for line in SETUP[kind]:
            printed = self.run(line)
            assert self.status == 0, printed

    def run(self, line: str) -> str:
        """Return what *line* prints, its errors included."""
        done = subprocess.run(
            ["/bin/bash", "-c", f"(exit {self.status})\n{line}"],
            cwd=self.folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(self.folder),
                "COLUMNS": "100",
                "NO_COLOR": "1",
                "PYTHONUTF8": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.status = done.returncode
        return done.stdout

    def write(self, path: str, body: str) -> None:
        """Write the file that a block of the page stands for."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(body, encoding="utf-8")

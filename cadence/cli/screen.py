"""What output is drawn on: how wide it is, and whether it shows colours."""

from __future__ import annotations

import os
import sys

import click

from cadence.frozen import dataclass

__all__ = ["PLAIN_WIDTH", "Screen", "stdout_screen"]

PLAIN_WIDTH = 100
_NARROWEST = 40

_TONES = {
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "dim": {"dim": True},
    "strong": {"bold": True},
}


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` is in terminal cells."""

    width: int = PLAIN_WIDTH
    colour: bool = False

    def paint(self, text: str, tone: str) -> str:
        """Return *text* in *tone*: good, bad, warn, dim, strong, or none for an empty tone."""
        if not (self.colour and tone and text.strip()):
            return text
        return click.style(text, **_TONES[tone])  # type: ignore[arg-type]


def stdout_screen() -> Screen:
    """Return the screen that stdout is: COLUMNS wins over the terminal's width, NO_COLOR over its colours."""
    return Screen(max(_width(), _NARROWEST), colour=sys.stdout.isatty() and _wants_colour())


def _width() -> int:
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or PLAIN_WIDTH
    except (OSError, ValueError):  # no terminal, or no file at all
        return PLAIN_WIDTH


def _wants_colour() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

"""A table in plain text: the same on a terminal and in a pipe, only the colours differ."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from cadence.cli.text import pad, width_of, wrap
from cadence.frozen import dataclass
from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence.cli.screen import Screen

__all__ = ["Row", "draw"]

_GAP = 2
_LEAST = 8


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row; `tone` colours them, `below` are lines that go under it, indented past the second column."""

    cells: tuple[str, ...]
    tone: str = ""
    below: tuple[str, ...] = ()


def draw(titles: Sequence[str], rows: Sequence[Row], screen: Screen) -> str:
    """Return the table as lines that fit the screen: cells wrap where needed, columns without content are left out."""
    kept = [index for index in range(len(titles)) if any(row.cells[index] for row in rows)]
    shown = [Row(tuple(printable(row.cells[i]) for i in kept), row.tone, row.below) for row in rows]
    heads = [titles[index] for index in kept]
    widths = _fit(_natural(heads, shown), screen.width)
    lines = [screen.paint(line, "strong") for line in _lines(heads, widths)]
    for row in shown:
        lines += [screen.paint(line, row.tone) for line in _lines(row.cells, widths)]
        lines += [screen.paint(line, "dim") for line in _below(row, widths, screen.width)]
    return "\n".join(lines)


def _natural(heads: Sequence[str], rows: Sequence[Row]) -> list[int]:
    columns = zip(heads, *(row.cells for row in rows), strict=True)
    return [max(map(width_of, column)) for column in columns]


def _fit(widths: list[int], room: int) -> list[int]:
    """Narrow the widest column, cell by cell, until all fit or none may be narrower."""
    room -= _GAP * (len(widths) - 1)
    widths = list(widths)
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    gap = " " * _GAP
    return [
        gap.join(pad(part, width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]


def _below(row: Row, widths: Sequence[int], room: int) -> list[str]:
    indent = widths[0] + 2 * _GAP
    return [" " * indent + line for text in row.below for line in wrap(printable(text), room - indent)]

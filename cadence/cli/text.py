"""Text in terminal cells: how wide it is, and where it breaks."""

from __future__ import annotations

import unicodedata

__all__ = ["pad", "width_of", "wrap"]


def width_of(text: str) -> int:
    """Return how many cells *text* takes. Source: UAX #11, East Asian Width."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def pad(text: str, width: int) -> str:
    """Return *text* filled with spaces to *width* cells."""
    return text + " " * (width - width_of(text))


def wrap(text: str, width: int) -> list[str]:
    """Return *text* as lines of at most *width* cells, broken between words, or within one that is too long."""
    if width_of(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        candidate = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(candidate) <= width:
            lines[-1] = candidate
            continue
        pieces = _split(word, width)
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def _split(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

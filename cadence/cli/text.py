"""Text in terminal cells: how wide it is, where it breaks, and what must never reach a terminal."""

from __future__ import annotations

import unicodedata

__all__ = ["pad", "printable", "width_of", "wrap"]

_REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def printable(text: str) -> str:
    """Return *text* with control and reordering characters shown as their codes.

    Names and notes come from the CRM: an escape sequence in one must not reach the terminal.
    """
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


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


def _shown(character: str) -> str:
    if character == "\n":
        return " "
    hidden = unicodedata.category(character) == "Cc" or ord(character) in _REORDERING
    return f"\\x{ord(character):02x}" if hidden else character


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

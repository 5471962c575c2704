"""Text that somebody else wrote, made safe to show."""

from __future__ import annotations

import unicodedata

__all__ = ["printable"]

_REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def printable(text: str) -> str:
    """Return *text* with control and reordering characters shown as their codes.

    Names and notes come from the CRM: an escape sequence in one must not reach the terminal, nor may one turn the
    words around it.
    """
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\n":
        return " "
    hidden = unicodedata.category(character) == "Cc" or ord(character) in _REORDERING
    return f"\\x{ord(character):02x}" if hidden else character

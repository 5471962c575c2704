"""What somebody probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean", "suggest"]


def suggest(word: str, options: Iterable[str]) -> str | None:
    """Return the option closest to *word*, or None where none is close.

    Case does not count. Source: difflib's Ratcliff-Obershelp ratio, at least 0.6.
    """
    import difflib  # noqa: PLC0415 - only when something is wrong

    by_folded = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """Return the hint "did you mean '...'?", or the short list of what is known, or None."""
    known = sorted(set(options))
    best = suggest(word, known)
    if best is not None:
        return f"did you mean '{best}'?"
    return f"known: {', '.join(known)}" if 0 < len(known) <= 12 else None  # noqa: PLR2004 - a line's worth

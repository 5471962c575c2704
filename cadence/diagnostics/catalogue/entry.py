"""One entry of the catalogue of findings."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Entry"]


class Entry(NamedTuple):
    """What a code means, an example that gives it (a part of a file where it is YAML), and the way out."""

    meaning: str
    example: str
    way_out: str

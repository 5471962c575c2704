"""Golden files, read from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cadence.files.reading import read
from cadence.sequence.parse import parse_golden

if TYPE_CHECKING:
    from cadence.sequence.golden import Golden

__all__ = ["load_golden"]


def load_golden(path: Path | str) -> Golden:
    """Return the golden cases of a file. Raises SequenceError with all findings."""
    return parse_golden(read(Path(path)), path=str(path))

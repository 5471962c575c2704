"""Team files, read from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cadence.files.reading import read
from cadence.sequence.parse import parse_team

if TYPE_CHECKING:
    from cadence.sequence.team import Team

__all__ = ["load_team"]


def load_team(path: Path | str) -> Team:
    """Return the team of a file. Raises SequenceError with all findings."""
    return parse_team(read(Path(path)), path=str(path))

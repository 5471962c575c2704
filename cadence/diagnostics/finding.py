"""A finding: one thing wrong, with its place, its stable code and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Finding", "Place", "Severity", "errors_among"]


class Severity(StrEnum):
    """How bad it is: an error stops, a warning deserves a look, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file: 1-based line and column; 0 for the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. `code` is stable and has a section in docs/reference/findings.md."""

    code: str
    message: str
    place: Place | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.severity}[{self.code}] {self.message}{hint}"


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop, in their order."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)

"""Gathers the findings of one file while it is read, so that they all come at once."""

from __future__ import annotations

from cadence.diagnostics.finding import Finding, Place, Severity, errors_among

__all__ = ["Collector"]

_LIMIT = 200


class Collector:
    """The findings of one file so far, without repeats and at most two hundred of them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._findings: dict[Finding, None] = {}

    def error(self, code: str, message: str, place: Place | None, hint: str | None = None) -> None:
        """Add a finding that stops."""
        self.add(Finding(code, message, place, hint))

    def warning(self, code: str, message: str, place: Place | None, hint: str | None = None) -> None:
        """Add a finding that deserves a look."""
        self.add(Finding(code, message, place, hint, Severity.WARNING))

    def add(self, finding: Finding) -> None:
        """Add *finding*; past the limit one note says that there are more."""
        if len(self._findings) < _LIMIT:
            self._findings.setdefault(finding)
        elif len(self._findings) == _LIMIT:
            rest = Finding("too-many-findings", f"more than {_LIMIT} findings; the rest is not shown", Place(self.path))
            self._findings.setdefault(rest)

    @property
    def has_errors(self) -> bool:
        """Whether something stops."""
        return bool(errors_among(self._findings))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in the order of their places."""
        return tuple(sorted(self._findings, key=_position))


def _position(finding: Finding) -> tuple[int, int]:
    return (finding.place.line, finding.place.column) if finding.place else (0, 0)

"""What stands in the way of a plan, raised where it is met and collected per record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.diagnostics import Finding, Severity
from cadence.errors import CadenceError, PlanError

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

    from cadence.diagnostics import Place

__all__ = ["Problem", "as_finding", "either", "note", "refusal", "warning"]


class Problem(CadenceError):  # noqa: N818 - met by a step, shown as a finding
    """Raised by the rule that a step fails, without knowing step or place; `code` is the finding's."""

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


def as_finding(error: CadenceError, subject: str, *, place: Place | None) -> Finding:
    """Return *error* as a finding about *subject*, which its message then opens with."""
    code = error.code if isinstance(error, Problem) else _CODES.get(type(error).__name__, "plan")
    return Finding(code, f"{subject}: {error.message}", place, error.hint)


def either(guess: str | None, way_out: str) -> str:
    """Return the hint that offers what was probably meant, if anything, and the way out."""
    if guess is None:
        return way_out
    return f"{guess} otherwise {way_out}" if guess.endswith("?") else f"{guess}; otherwise {way_out}"


def warning(code: str, message: str, *, place: Place | None = None, hint: str | None = None) -> Finding:
    """Return a finding that deserves a look and stops nothing."""
    return Finding(code, message, place, hint, Severity.WARNING)


def note(code: str, message: str, *, place: Place | None = None, hint: str | None = None) -> Finding:
    """Return a finding that only informs."""
    return Finding(code, message, place, hint, Severity.NOTE)


def refusal(sequence: str, record: str, findings: Many[Finding]) -> PlanError:
    """Return the error that names everything in the way: the one finding itself, or all of them under a heading."""
    if len(findings) == 1:
        return PlanError(findings[0].message, hint=findings[0].hint, findings=findings)
    lines = "".join(f"\n  {finding}" for finding in findings)
    return PlanError(
        f"'{sequence}' cannot be planned for '{record}', {len(findings)} problems:{lines}", findings=findings
    )


_CODES = {
    "MissingVariable": "missing-variable",
    "NeverOpen": "never-open",
    "RepeatedTime": "repeated-time",
    "SkippedTime": "skipped-time",
    "UnknownZone": "unknown-zone",
}

"""Findings for people: a line each, whatever stands in the words that they quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.wording.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence.diagnostics.finding import Finding

__all__ = ["findings_text"]


def findings_text(findings: Iterable[Finding]) -> str:
    """Return a line for each finding; files and the CRM wrote what is quoted, and it gives no terminal orders."""
    return "".join(f"{printable(str(finding))}\n" for finding in findings)

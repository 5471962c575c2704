"""What is wrong with a file or a plan, and where."""

from __future__ import annotations

from cadence.diagnostics.finding import Finding, Place, Severity, errors_among
from cadence.diagnostics.suggest import did_you_mean, suggest

__all__ = ["Finding", "Place", "Severity", "did_you_mean", "errors_among", "suggest"]

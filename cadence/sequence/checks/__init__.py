"""What only shows when the keys of a sequence are seen together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.sequence.checks.names import check_names
from cadence.sequence.checks.outline import Outline
from cadence.sequence.checks.steps import check_steps
from cadence.sequence.checks.times import check_times

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.compound import Parts
    from cadence.sequence.known import Known

__all__ = ["cross_check"]


def cross_check(parts: Parts, known: Known, found: Collector) -> None:
    """Report all that is wrong between the parts of a sequence; its calendars have been resolved."""
    outline = Outline(parts)
    check_steps(outline, found)
    check_names(outline, known, found)
    check_times(outline, found)

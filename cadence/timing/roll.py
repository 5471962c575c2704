"""What to do with a date on which the calendar is closed."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Roll"]


class Roll(StrEnum):
    """Roll conventions under QuantLib's and ISDA's names; `skip` drops the step, `fail` refuses the plan."""

    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    MODIFIED_PRECEDING = "modified_preceding"
    NEAREST = "nearest"
    UNADJUSTED = "unadjusted"
    SKIP = "skip"
    FAIL = "fail"

"""An offset: how far a due lies from its anchor, with its nominal and its exact part."""

from __future__ import annotations

from cadence.frozen import dataclass

__all__ = ["Offset"]


@dataclass(frozen=True, slots=True)
class Offset:
    """A signed distance in time.

    Nominal: `months` (years are twelve), `days` (weeks are seven), `business_days`, applied to the local
    date. Exact: `seconds` and `business_seconds`, elapsed time, applied after the nominal part was resolved.
    `nominal` is true where a nominal unit was written although it comes to nothing ("0 business days"), so that
    the date is still rolled.
    """

    months: int = 0
    days: int = 0
    business_days: int = 0
    seconds: int = 0
    business_seconds: int = 0
    nominal: bool = False

    def __neg__(self) -> Offset:
        return Offset(
            -self.months, -self.days, -self.business_days, -self.seconds, -self.business_seconds, self.nominal
        )

    @property
    def has_exact(self) -> bool:
        """Whether an elapsed part follows the nominal one."""
        return bool(self.seconds or self.business_seconds)

    @property
    def has_nominal(self) -> bool:
        """Whether the local date moves, or is at least rolled, before anything is resolved."""
        return bool(self.months or self.days or self.business_days) or self.nominal

"""How far the numbers of the settings may go, and what a plan's expiry is read as."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.errors import CalendarError, ConfigError
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.config.settings import SubmitSettings

__all__ = ["HEARTBEAT", "RATE", "SUBMIT", "TASKS_A_DAY", "WEBHOOK_TIMEOUT", "Bounds", "check_submit", "expiry_of"]

_DAY = 86_400
_LONGEST_EXPIRY = timedelta(days=3_653)  # ten years
_HINT = "write it as in '24 hours'"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number from `least` to `most`, both included; where `or_none`, or 0, which stands for no limit."""

    least: float
    most: float
    whole: bool = False
    or_none: bool = False

    def hold(self, number: object) -> bool:
        """Return whether *number* is one that may be set; neither an infinite one nor NaN is."""
        kinds = int if self.whole else (int, float)
        if not isinstance(number, kinds) or isinstance(number, bool):
            return False
        return self.least <= number <= self.most or (self.or_none and number == 0)

    def __str__(self) -> str:
        """Return what is expected, as in "a number from 1 to 86,400"."""
        number = f"a{' whole' * self.whole} number from {self.least:,} to {self.most:,}"
        return f"0 for no limit, or {number}" if self.or_none else number


RATE = Bounds(0.0001, 10_000, or_none=True)
SUBMIT: Mapping[str, Bounds] = {
    "quiet_period": Bounds(0, 30 * _DAY),
    "timeout": Bounds(0.001, _DAY),
    "concurrency": Bounds(1, 1_000, whole=True),
    "rate": RATE,
}
HEARTBEAT = Bounds(1, _DAY)
TASKS_A_DAY = Bounds(1, 10_000, whole=True)
WEBHOOK_TIMEOUT = Bounds(0.1, _DAY)


def check_submit(submit: SubmitSettings) -> None:
    """Raise ConfigError for the first number that cannot be used: a program may have put it there, no file."""
    for name, bounds in SUBMIT.items():
        if not bounds.hold(value := getattr(submit, name)):
            raise ConfigError(f"submit.{name} is '{value}'", hint=f"give {bounds}")


def expiry_of(text: str) -> timedelta:
    """Return how long a plan may be applied. Raises ConfigError for what is no offset, business time, or too long."""
    from cadence.timing.offset_text import parse_offset  # noqa: PLC0415 - only where a plan is made, or it is set

    try:
        offset = parse_offset(text)
    except CalendarError as error:
        raise ConfigError(f"plan.expires: {error.message}", hint=error.hint) from None
    if offset.months or offset.business_days or offset.business_seconds:
        raise ConfigError(f"plan.expires is '{text}', expected hours, days or weeks", hint=_HINT)
    if offset.days * _DAY + offset.seconds > _LONGEST_EXPIRY.total_seconds():
        raise ConfigError(f"plan.expires is '{text}', expected at most 10 years", hint=_HINT)
    return timedelta(days=offset.days, seconds=offset.seconds)

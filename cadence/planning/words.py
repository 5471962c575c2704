"""Days and times in the words a team lead would use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timing.civil import DAY, date_of, weekday_of
from cadence.timing.hours import DAY_NAMES

if TYPE_CHECKING:
    from cadence.timing.zones import Zone

__all__ = ["clock_words", "day_words", "instant_words", "span_words"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(day: int) -> str:
    """Return the day as "Fri 27 Nov 2026"."""
    on = date_of(day)
    return f"{DAY_NAMES[weekday_of(day)][:3]} {on.day} {_MONTHS[on.month - 1]} {on.year}"


def clock_words(second: int) -> str:
    """Return the second of the local day as "09:00", with seconds only where it has some."""
    text = f"{second // 3600:02d}:{second // 60 % 60:02d}"
    return f"{text}:{second % 60:02d}" if second % 60 else text


def instant_words(utc: int, zone: Zone) -> str:
    """Return the instant as clocks in *zone* show it: "Fri 27 Nov 2026 09:00"."""
    day, second = divmod(zone.to_local(utc), DAY)
    return f"{day_words(day)} {clock_words(second)}"


def span_words(seconds: int) -> str:
    """Return a length of time as "1 h 30 min"."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 min"

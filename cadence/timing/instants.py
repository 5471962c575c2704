"""Between datetimes and the integers that timing computes with: seconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from cadence.errors import CalendarError
from cadence.timing.civil import DAY, date_of, day_of

if TYPE_CHECKING:
    from cadence.timing.policy import Policy
    from cadence.timing.zones import Zone

__all__ = ["Moment", "format_civil", "format_local", "format_offset_at", "from_datetime", "parse_moment", "to_datetime"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d)?)?)?"
    r"(?:\[([^\]=]+)\])?",
    re.IGNORECASE | re.ASCII,
)


def from_datetime(instant: datetime) -> int:
    """Return the seconds of an aware datetime, fractions dropped. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"datetime '{instant}' has no offset")
    return (instant - _EPOCH) // timedelta(seconds=1)


def to_datetime(utc: int) -> datetime:
    """Return the instant as an aware datetime in UTC. Raises CalendarError outside the years 1 to 9999."""
    date_of(utc // DAY)
    return _EPOCH + timedelta(seconds=utc)


def format_civil(local: int) -> str:
    """Return local seconds as "2026-11-23T10:00:00"."""
    day, second = divmod(local, DAY)
    return f"{date_of(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def format_offset_at(offset: int) -> str:
    """Return an offset from UTC as "-05:00", with seconds only where it has some."""
    sign, rest = ("-", -offset) if offset < 0 else ("+", offset)
    text = f"{sign}{rest // 3600:02d}:{rest // 60 % 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text


def format_local(utc: int, zone: Zone) -> str:
    """Return the instant as clocks in *zone* show it: "2026-11-23T10:00:00-05:00[America/New_York]".

    Source: RFC 9557.
    """
    offset = zone.offset_at(utc)
    return f"{format_civil(utc + offset)}{format_offset_at(offset)}[{zone.name}]"


class Moment(NamedTuple):
    """A date or a time as somebody wrote it: `local` seconds, with the offset and the zone's name where given."""

    local: int
    offset: int | None = None
    zone: str | None = None
    is_date: bool = False

    def resolve(self, zone: Zone, policy: Policy) -> int:
        """Return its instant: by its own offset where it has one, else as clocks in *zone* show it."""
        return zone.to_utc(self.local, policy) if self.offset is None else self.local - self.offset


def parse_moment(text: str) -> Moment:
    """Return the moment that ISO 8601 or RFC 9557 text says: "2026-11-23T10:00:00-05:00[America/New_York]".

    A time may lack its seconds, and the whole its time, its offset or its zone; fractions are dropped. 24:00 is the
    next day's midnight. Raises CalendarError.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise _not_a_moment(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        midnight = day_of(date(year, month, day)) * DAY
    except ValueError as error:
        raise _not_a_moment(text) from error
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY:  # noqa: PLR2004 - a clock's limits
        raise _not_a_moment(text)
    offset = None if match[8] is None else _parse_offset(match[8])
    return Moment(midnight + seconds, offset, match[9], is_date=match[4] is None)


def _parse_offset(text: str) -> int:
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(6, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6])
    return -seconds if text[0] == "-" else seconds


def _not_a_moment(text: str) -> CalendarError:
    return CalendarError(
        f"'{text}' is not a date or time",
        hint="write it as '2026-11-23', '2026-11-23T10:00' or with an offset, '-05:00'",
    )

"""Dates and times as people say them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

__all__ = ["in_column", "offset_text", "spoken", "spoken_date", "spoken_in", "spoken_utc", "spoken_within"]

_DATE_LENGTH = 10
# A text, compiled when a log is shown: most commands never need it.
_INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?(?:\[[\w/+-]+\])?"


def spoken(local: str) -> str:
    """Return an RFC 9557 text such as "2026-11-23T10:00:00-05:00[America/New_York]" as "Mon 23 Nov 2026 10:00 UTC-5".

    A date alone is spoken as one. What is neither is returned as it is.
    """
    try:
        if len(local) == _DATE_LENGTH:
            return spoken_date(date.fromisoformat(local))
        moment = datetime.fromisoformat(local.partition("[")[0])
    except ValueError:
        return local
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    offset = moment.utcoffset()
    return f"{spoken_date(moment)} {clock}" + (f" {offset_text(offset)}" if offset is not None else "")


def spoken_date(day: date) -> str:
    """Return a date as "Mon 23 Nov 2026"."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def spoken_within(text: str) -> str:
    """Return *text* with the instants in it spoken."""
    return re.sub(_INSTANT, lambda found: spoken(found[0]), text, flags=re.ASCII)


def spoken_in(zone_name: str, instant: datetime) -> str:
    """Return an instant as clocks in that zone show it."""
    from cadence.timing.instants import format_local, from_datetime  # noqa: PLC0415 - what only reads texts needs none
    from cadence.timing.zones import zone  # noqa: PLC0415 - the same

    return spoken(format_local(from_datetime(instant), zone(zone_name)))


def in_column(words: str) -> str:
    """Return a spoken date or time with its day of the month filled to two places, so that a column lines up."""
    weekday, _, rest = words.partition(" ")
    return f"{weekday}  {rest}" if rest[1:2] == " " else words


def spoken_utc(instant: datetime | None) -> str:
    """Return an instant as "Mon 23 Nov 2026 15:00 UTC", or nothing."""
    return spoken(instant.astimezone(UTC).isoformat()) if instant else ""


def offset_text(offset: timedelta) -> str:
    """Return an offset from UTC as "UTC", "UTC-5" or "UTC+5:30"."""
    minutes, sign = abs(offset) // timedelta(minutes=1), "-" if offset < timedelta(0) else "+"
    if not minutes:
        return "UTC"
    hours, rest = divmod(minutes, 60)
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"

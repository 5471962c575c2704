"""The Retry-After header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["LONGEST_WAIT", "retry_after"]

LONGEST_WAIT = timedelta(hours=1)
_MOST_DIGITS = 12


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long to wait, between nothing and an hour; None without a header or for one that says nothing.

    Source: RFC 9110, section 10.2.3: seconds, or an HTTP date.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=int(text)) if len(text) <= _MOST_DIGITS else LONGEST_WAIT
    elif (date := _http_date(text)) is not None:
        wait = date - now
    else:
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

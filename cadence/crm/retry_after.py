"""The Retry-After header."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["LONGEST_WAIT", "retry_after"]

LONGEST_WAIT = timedelta(hours=1)
_MOST_DIGITS = 12
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")


def retry_after(value: str | None, now: datetime, *, answered: str | None = None) -> timedelta | None:
    """Return how long to wait, between nothing and an hour; None without a header or for one that says nothing.

    A date counts from *answered*, the Date header of the same answer: the server's clock made both, and ours may differ
    by more than the wait. Without one it counts from *now*. Source: RFC 9110, section 10.2.3: seconds, or an HTTP date;
    fractions of a second, which some servers write, are taken too.
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        wait = timedelta(seconds=float(text)) if len(text) <= _MOST_DIGITS else LONGEST_WAIT
    elif (date := _http_date(text)) is not None:
        wait = date - (_http_date(answered or "") or now)
    else:
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

"""The occurrences of a repeated step, each counted from the anchor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cadence.planning.problem import Problem
from cadence.timing.civil import DAY, date_of, day_of
from cadence.timing.offset import Offset

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.model.sequence import Repeat
    from cadence.timing.zones import Zone

__all__ = ["MOST_OCCURRENCES", "RuleDate", "offset_of", "rule_dates"]

MOST_OCCURRENCES = 1000
_UNTIL_DATE = re.compile(r"(?<=UNTIL=)(\d{8})(?=;|$)", re.IGNORECASE)
_UNTIL_UTC = re.compile(r"(?<=UNTIL=)(\d{8}T\d{6})Z", re.IGNORECASE)


class RuleDate(NamedTuple):
    """A local date that an RRULE gives, and the time of day where the rule chose one of its own."""

    day: int
    time: int | None = None


def offset_of(due: Offset, repeat: Repeat | None, occurrence: int) -> Offset:
    """Return the offset of that occurrence, 1 for the first: the due's, plus one `every` less than its number."""
    every = repeat.every if repeat else None
    if every is None or occurrence == 1:
        return due
    times = occurrence - 1
    return Offset(
        due.months + times * every.months,
        due.days + times * every.days,
        due.business_days + times * every.business_days,
        due.seconds + times * every.seconds,
        due.business_seconds + times * every.business_seconds,
        due.nominal or every.nominal,
    )


def rule_dates(rrule: str, day: int, time: int | None, *, zone: Zone) -> list[RuleDate]:
    """Return the local dates of an RRULE that starts on *day* at *time*.

    Dates that do not exist are skipped, as RFC 5545 says. An UNTIL in UTC is read as clocks in *zone* show it, and
    one without a time covers its whole day. Raises Problem for a rule that cannot be read, never ends, gives nothing,
    or gives more than a thousand.
    """
    from datetime import datetime, timedelta  # noqa: PLC0415 - only for an RRULE
    from itertools import islice  # noqa: PLC0415 - the same

    from dateutil.rrule import rrulestr  # noqa: PLC0415 - takes 15 ms

    start = datetime.combine(date_of(day), datetime.min.time()) + timedelta(seconds=time or 0)
    try:
        rule = rrulestr(_local_until(rrule.removeprefix("RRULE:"), zone), dtstart=start)
    except (ValueError, TypeError, KeyError) as error:
        raise _unusable(rrule, f"cannot be read: {error}") from error
    found = list(islice(rule, MOST_OCCURRENCES + 1))
    if len(found) > MOST_OCCURRENCES:
        raise _unusable(rrule, f"gives more than {MOST_OCCURRENCES} occurrences")
    if not found:
        raise _unusable(rrule, "gives no date at all")
    return [RuleDate(day_of(at), _own_time(at, start)) for at in found]


def _own_time(at: datetime, start: datetime) -> int | None:
    if at.time() == start.time():
        return None
    return at.hour * 3600 + at.minute * 60 + at.second


def _local_until(rrule: str, zone: Zone) -> str:
    def local(match: re.Match[str]) -> str:
        text = match[1]
        day = day_of(date_of(0).replace(int(text[:4]), int(text[4:6]), int(text[6:8])))
        seconds = int(text[9:11]) * 3600 + int(text[11:13]) * 60 + int(text[13:15])
        on, time = divmod(zone.to_local(day * DAY + seconds), DAY)
        return f"{date_of(on):%Y%m%d}T{time // 3600:02d}{time // 60 % 60:02d}{time % 60:02d}"

    return _UNTIL_DATE.sub(r"\1T235959", _UNTIL_UTC.sub(local, rrule))


def _unusable(rrule: str, why: str) -> Problem:
    return Problem(
        "bad-rrule", f"rrule '{rrule}' {why}", hint="bound it with COUNT or UNTIL, as in FREQ=WEEKLY;COUNT=4"
    )

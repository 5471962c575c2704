"""How a due was reached, read back from its why: where it counts from, and each move with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timeline.timeline import Move
from cadence.timing.civil import DAY
from cadence.timing.instants import from_datetime, parse_moment
from cadence.timing.policy import Policy
from cadence.wording.plans import is_ordinary

if TYPE_CHECKING:
    from cadence.model.plan import Activity
    from cadence.timing.zones import Zone

__all__ = ["anchor_of", "moves_of"]

_ANCHOR = "anchor"


def anchor_of(activity: Activity, zone: Zone) -> int | None:
    """Return the instant that the due counts from; an anchor that is a date has the due's time of day."""
    given = next((line.given for line in activity.why if line.rule == _ANCHOR), None)
    return None if given is None else _instant(given, activity, zone)


def moves_of(activity: Activity, zone: Zone) -> tuple[Move, ...]:
    """Return what moved the due, in order; a date has the due's time of day."""
    return tuple(
        Move(_instant(line.taken, activity, zone), _instant(line.given, activity, zone), line.rule, line.reason)
        for line in activity.why
        if line.taken and line.given and line.taken != line.given and not is_ordinary(line)
    )


def _instant(text: str, activity: Activity, zone: Zone) -> int:
    moment = parse_moment(text)
    if moment.is_date and activity.due_at is not None:
        time = zone.to_local(from_datetime(activity.due_at)) % DAY
        return zone.to_utc(moment.local + time)
    return moment.resolve(zone, Policy.COMPATIBLE)

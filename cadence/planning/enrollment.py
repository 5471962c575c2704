"""Which enrollment a plan is about: the one the record has, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.entry import Enrollment, Entry, State
from cadence.model.sequence import EnrollPolicy
from cadence.planning.changes import is_pending
from cadence.planning.problem import warning
from cadence.timing.instants import from_datetime, to_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence.diagnostics import Finding
    from cadence.model.entry import History
    from cadence.model.sequence import Enroll
    from cadence.timing.offset import Offset
    from cadence.timing.zones import Zone

__all__ = ["FIRST", "Chosen", "choose_enrollment", "differences", "enrollment_to_leave", "entries_of"]

_UNSENT = frozenset({State.PLANNED, State.SENDING, State.IN_DOUBT, State.REJECTED})
_OVER = frozenset({State.COMPLETED, State.CANCELLED})


class Chosen(NamedTuple):
    """The enrollment that is there, or None for a new one, and its number."""

    existing: Enrollment | None
    number: int


FIRST = Chosen(None, 1)
"""Of a record that was never enrolled."""


def choose_enrollment(enroll: Enroll, history: History, *, now: datetime, zone: Zone) -> Chosen:
    """Return the latest enrollment where the policy does not allow another one now, else the next number.

    One that was not sent to its end is always gone on with, so that a second run after a crash enrolls nobody twice.
    """
    if not history.enrollments:
        return FIRST
    latest = history.enrollments[-1]
    entries = entries_of(history, latest)
    if enroll.policy is EnrollPolicy.ONCE or _is_unsent(entries):
        return Chosen(latest, latest.number)
    if enroll.policy is EnrollPolicy.NOT_WHILE_ACTIVE and _is_active(latest, entries, now):
        return Chosen(latest, latest.number)
    if enroll.cooldown is not None and now < _cooled_down(latest, entries, enroll.cooldown, zone):
        return Chosen(latest, latest.number)
    return Chosen(None, latest.number + 1)


def enrollment_to_leave(history: History, *, now: datetime) -> Chosen:
    """Return the first enrollment of which something is pending, the latest where nothing is; there must be one."""
    pending = (each for each in history.enrollments if any(is_pending(e, now) for e in entries_of(history, each)))
    left = next(pending, history.enrollments[-1])
    return Chosen(left, left.number)


def entries_of(history: History, enrollment: Enrollment) -> tuple[Entry, ...]:
    """Return the enrollment's entries."""
    return tuple(entry for entry in history.entries if entry.enrollment == enrollment.key)


def differences(existing: Enrollment, *, start: datetime | None, params: Mapping[str, Any] | None) -> list[Finding]:
    """Return what was asked for and is not done, because an enrollment keeps its start and its params."""
    found = []
    if start is not None and start != existing.start:
        kept = f"{existing.start:%Y-%m-%dT%H:%M:%SZ}"
        message = f"the enrollment keeps its start {kept}, the one given is not used"
        found.append(warning("start-kept", message, hint="leave --start away, or enroll again by enroll: always"))
    changed = sorted(name for name, value in (params or {}).items() if str(existing.params.get(name)) != str(value))
    if changed:
        message = f"the enrollment keeps its params, those given are not used: {', '.join(changed)}"
        found.append(warning("params-kept", message, hint="leave --param away, or enroll again by enroll: always"))
    return found


def _is_unsent(entries: tuple[Entry, ...]) -> bool:
    return any(entry.state in _UNSENT for entry in entries)


def _is_active(enrollment: Enrollment, entries: tuple[Entry, ...], now: datetime) -> bool:
    if enrollment.ended_at is not None:
        return False
    return any(entry.state not in _OVER and entry.due_at >= now for entry in entries)


def _cooled_down(enrollment: Enrollment, entries: tuple[Entry, ...], cooldown: Offset, zone: Zone) -> datetime:
    """Return when the record may be enrolled again: the cooldown after the last due; business days count as days."""
    from cadence.timing.arithmetic import add  # noqa: PLC0415 - only where there is a cooldown
    from cadence.timing.calendar import BusinessCalendar  # noqa: PLC0415 - the same

    last = max((entry.due_at for entry in entries), default=enrollment.start)
    return to_datetime(add(from_datetime(last), cooldown, zone=zone, calendar=BusinessCalendar.always()))

"""From text to values, or to all that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cadence.diagnostics import Finding, errors_among
from cadence.diagnostics.collector import Collector
from cadence.errors import CadenceError, CalendarError, SequenceError
from cadence.sequence.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence.model.sequence import Sequence
    from cadence.sequence.known import Known
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.lock import HolidayLock

__all__ = ["check_calendar", "check_sequence", "parse_calendar", "parse_sequence"]

_Error = TypeVar("_Error", bound=CadenceError)


def parse_sequence(
    text: str | bytes,
    *,
    path: str = "<text>",
    calendars: Mapping[str, BusinessCalendar] | None = None,
    known: Known | None = None,
    lock: HolidayLock | None = None,
) -> Sequence:
    """Return the sequence that *text* (YAML) holds.

    `calendars` are those it may name; `known` is what is known of the CRM, against which names are checked; `lock`
    freezes the holidays of a calendar written inline. Raises SequenceError with all findings.
    """
    sequence, findings = check_sequence(text, path=path, calendars=calendars, known=known, lock=lock)
    if sequence is None:
        raise refusal(SequenceError, "sequence", path, findings)
    return sequence


def check_sequence(
    text: str | bytes,
    *,
    path: str = "<text>",
    calendars: Mapping[str, BusinessCalendar] | None = None,
    known: Known | None = None,
    lock: HolidayLock | None = None,
) -> tuple[Sequence | None, tuple[Finding, ...]]:
    """Return the sequence, or None where it has errors, with all findings in file order: errors, warnings, notes."""
    from cadence.sequence.assemble import assemble  # noqa: PLC0415 - importing a calendar needs none of it
    from cadence.sequence.calendars import resolve_calendars  # noqa: PLC0415
    from cadence.sequence.checks import cross_check  # noqa: PLC0415
    from cadence.sequence.known import Known  # noqa: PLC0415
    from cadence.sequence.language import SEQUENCE  # noqa: PLC0415

    found = Collector(path)
    parts = _read(text, SEQUENCE, "the sequence", found)
    if parts is None:
        return None, found.findings
    resolve_calendars(parts, calendars or {}, found, lock=lock)
    cross_check(parts, known or Known(), found)
    return (None if found.has_errors else assemble(parts, path=path)), found.findings


def parse_calendar(text: str | bytes, *, path: str = "<text>", lock: HolidayLock | None = None) -> BusinessCalendar:
    """Return the calendar that *text* (YAML) holds. Raises CalendarError with all findings."""
    calendar, findings = check_calendar(text, path=path, lock=lock)
    if calendar is None:
        raise refusal(CalendarError, "calendar", path, findings)
    return calendar


def check_calendar(
    text: str | bytes, *, path: str = "<text>", lock: HolidayLock | None = None
) -> tuple[BusinessCalendar | None, tuple[Finding, ...]]:
    """Return the calendar, or None where it has errors, with all findings in file order."""
    from cadence.sequence.calendars import build_calendar  # noqa: PLC0415
    from cadence.sequence.calendar_language import CALENDAR  # noqa: PLC0415 - a sequence may name none

    found = Collector(path)
    parts = _read(text, CALENDAR, "the calendar", found)
    calendar = None if parts is None else build_calendar(parts, found, lock=lock)
    return (None if found.has_errors else calendar), found.findings


def _read(text: str | bytes, shape: Any, what: str, found: Collector) -> Any:
    from cadence.sequence.shape import INVALID  # noqa: PLC0415 - as above

    node = read_document(text, found)
    value = INVALID if node is None else shape.read(node, what, found)
    return None if value is INVALID else value


def refusal(
    kind: type[_Error], what: str, path: str, findings: Iterable[Finding]
) -> _Error:
    """Return the error for a file with errors; each finding is also a note, which a traceback shows."""
    errors = errors_among(findings)
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    error = kind(f"the {what} in {path} has {count}", findings=errors)
    for finding in errors:
        error.add_note(str(finding))
    return error

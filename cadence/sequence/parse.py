"""From text to values, or to all that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cadence.diagnostics import Finding, Place, errors_among
from cadence.diagnostics.collector import Collector
from cadence.errors import CadenceError, CalendarError, ConfigError, SequenceError
from cadence.sequence.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence.model.sequence import Rules, Sequence
    from cadence.sequence.golden import Golden
    from cadence.sequence.known import Known
    from cadence.sequence.team import Team
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.lock import HolidayLock

__all__ = [
    "check_calendar", "check_golden", "check_sequence", "check_team", "parse_calendar", "parse_golden", "parse_rules",
    "parse_sequence", "parse_team", "refusal",
]  # fmt: skip

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
    from cadence.sequence.calendar_language import CALENDAR  # noqa: PLC0415 - a sequence may name none
    from cadence.sequence.calendars import build_calendar  # noqa: PLC0415

    found = Collector(path)
    parts = _read(text, CALENDAR, "the calendar", found)
    calendar = None if parts is None else build_calendar(parts, found, lock=lock)
    return (None if found.has_errors else calendar), found.findings


def parse_team(text: str | bytes, *, path: str = "<text>") -> Team:
    """Return the team that *text* (YAML) holds. Raises SequenceError with all findings."""
    team, findings = check_team(text, path=path)
    if team is None:
        raise refusal(SequenceError, "team", path, findings)
    return team


def check_team(text: str | bytes, *, path: str = "<text>") -> tuple[Team | None, tuple[Finding, ...]]:
    """Return the team, or None where it has errors, with all findings in file order."""
    from cadence.sequence.team import TEAM, build_team  # noqa: PLC0415 - planning one record needs none

    found = Collector(path)
    parts = _read(text, TEAM, "the team", found)
    team = None if parts is None else build_team(parts, found)
    return (None if found.has_errors else team), found.findings


def parse_golden(text: str | bytes, *, path: str = "<text>") -> Golden:
    """Return the golden cases that *text* (YAML) holds. Raises SequenceError with all findings."""
    golden, findings = check_golden(text, path=path)
    if golden is None:
        raise refusal(SequenceError, "golden file", path, findings)
    return golden


def check_golden(text: str | bytes, *, path: str = "<text>") -> tuple[Golden | None, tuple[Finding, ...]]:
    """Return the golden cases, or None where they have errors, with all findings in file order."""
    from cadence.sequence.golden import GOLDEN, build_golden  # noqa: PLC0415 - only `cadence test` needs them

    found = Collector(path)
    parts = _read(text, GOLDEN, "the golden file", found)
    golden = None if parts is None else build_golden(parts, found)
    return (None if found.has_errors else golden), found.findings


def parse_rules(
    rules: Mapping[str, Any], *, path: str = "cadence.toml", variables: Mapping[tuple[str, ...], str] | None = None
) -> Rules:
    """Return the rules of a project, given as a mapping of plain values. Raises ConfigError with all findings.

    *variables* names those of the environment that values come from, by their keys; all others are of *path*.
    """
    from cadence.model.sequence import Rules  # noqa: PLC0415 - as above
    from cadence.sequence.language import RULES  # noqa: PLC0415
    from cadence.sequence.nodes import node_of  # noqa: PLC0415

    found = Collector(path)
    elsewhere = {keys: Place(f"${name}") for keys, name in (variables or {}).items()}
    value = RULES.read(node_of(rules, Place(path), elsewhere), "rules", found)
    if found.has_errors:
        places = dict.fromkeys(error.place.path for error in errors_among(found.findings) if error.place)
        raise refusal(ConfigError, "section [rules]", " and ".join(places), found.findings)
    return value if isinstance(value, Rules) else Rules()


def _read(text: str | bytes, shape: Any, what: str, found: Collector) -> Any:
    from cadence.sequence.shape import INVALID  # noqa: PLC0415 - as above

    node = read_document(text, found)
    value = INVALID if node is None else shape.read(node, what, found)
    return None if value is INVALID else value


def refusal(kind: type[_Error], what: str, path: str, findings: Iterable[Finding]) -> _Error:
    """Return the error for a file with errors; each finding is also a note, which a traceback shows."""
    errors = errors_among(findings)
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    error = kind(f"the {what} in {path} has {count}", findings=errors)
    for finding in errors:
        error.add_note(str(finding))
    return error

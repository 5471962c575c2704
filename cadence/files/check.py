"""Checking files and folders: all findings of all files at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cadence.diagnostics import Finding, Place, Severity
from cadence.errors import CalendarError, SequenceError
from cadence.files.calendars import SUFFIXES, CalendarFolder, calendars_beside, read_lock, wrong_name
from cadence.files.discovery import Kind, kind_of, yaml_files
from cadence.files.reading import try_read
from cadence.files.sequences import find_sequence
from cadence.sequence.parse import check_calendar, check_golden, check_sequence, check_team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cadence.sequence.known import Known
    from cadence.timing.lock import HolidayLock

__all__ = ["check_paths"]


def check_paths(
    paths: Iterable[Path | str], *, calendars: Path | None = None, known: Known | None = None
) -> tuple[Finding, ...]:
    """Return the findings of all files under *paths*, sorted by file, line and column. Nothing is raised.

    `calendars` is the folder for sequences that have none beside them; `known` is what is known of the CRM, against
    which names are checked.
    """
    check = _Check(calendars, known)
    findings: dict[Finding, None] = {}
    for path in map(Path, paths):
        found_any = False
        for file in yaml_files([path]):
            found_any = True
            findings.update(dict.fromkeys(check.file(file, is_named=file == path)))
        if not found_any:
            message, hint = "there is no YAML file in this folder", "name a file, or a folder with sequences"
            findings.setdefault(Finding("nothing-to-check", message, Place(str(path)), hint, Severity.WARNING))
    return tuple(sorted(findings, key=_position))


def _position(finding: Finding) -> tuple[str, int, int]:
    place = finding.place
    return (place.path, place.line, place.column) if place else ("", 0, 0)


class _Check:
    """One run over many files; the calendars of a folder are read once."""

    def __init__(self, calendars: Path | None, known: Known | None) -> None:
        self._calendars = calendars
        self._known = known
        self._folders: dict[Path, CalendarFolder] = {}

    def file(self, path: Path, *, is_named: bool) -> tuple[Finding, ...]:
        """Return the findings of one file; one that is none of ours is an error only if it was named."""
        content = try_read(path)
        if isinstance(content, Finding):
            return (content,)
        kind = kind_of(path, content)
        if kind is None and is_named and path.suffix in SUFFIXES:
            kind = Kind.SEQUENCE  # whose findings say what is missing
        if kind is None:
            return (_unknown_kind(path, Severity.ERROR if is_named else Severity.NOTE),)
        by_kind: dict[Kind, Callable[[Path, bytes], tuple[Finding, ...]]] = {
            Kind.SEQUENCE: self._sequence,
            Kind.CALENDAR: self._calendar,
            Kind.TEAM: lambda path, content: check_team(content, path=str(path))[1],
            Kind.GOLDEN: self._golden,
        }
        return by_kind[kind](path, content)

    def _sequence(self, path: Path, content: bytes) -> tuple[Finding, ...]:
        folder = calendars_beside(path, self._calendars)
        calendars = self._folders.setdefault(folder.folder, folder)
        lock, findings = _lock_of(calendars.folder)
        if findings:
            return findings
        return check_sequence(content, path=str(path), calendars=calendars, known=self._known, lock=lock)[1]

    def _calendar(self, path: Path, content: bytes) -> tuple[Finding, ...]:
        lock, damaged = _lock_of(path.parent)
        calendar, findings = check_calendar(content, path=str(path), lock=lock)
        wrong = wrong_name(calendar, path) if calendar else None
        return (*damaged, *findings, *([wrong] if wrong else []))

    def _golden(self, path: Path, content: bytes) -> tuple[Finding, ...]:
        golden, findings = check_golden(content, path=str(path))
        if golden is None:
            return findings
        return (*findings, *_missing_files(path, golden.sequence, [case.team for case in golden.cases]))


def _missing_files(path: Path, sequence: str, teams: list[object]) -> Iterable[Finding]:
    """Yield a finding for each file that a golden file refers to and that is not there."""
    place = Place(str(path), 1, 1)
    try:
        find_sequence(path.parent / sequence, path.parent)
    except SequenceError as error:
        yield Finding("no-such-file", error.message, place, error.hint)
    for team in sorted({team for team in teams if isinstance(team, str)}):
        if not (path.parent / team).is_file():
            yield Finding(
                "no-such-file", f"team file '{team}' is not there", place, "paths start from this file's folder"
            )


def _lock_of(folder: Path) -> tuple[HolidayLock | None, tuple[Finding, ...]]:
    try:
        return read_lock(folder), ()
    except CalendarError as error:
        return None, (Finding("damaged-lock", error.message, Place(str(folder)), error.hint),)


def _unknown_kind(path: Path, severity: Severity) -> Finding:
    message = "this is neither a sequence, a calendar, a team nor golden cases"
    hint = "a sequence has 'sequence' and 'steps', a calendar 'calendar' and 'hours', a team 'team'"
    return Finding("unknown-file-kind", message, Place(str(path)), hint, severity)

"""The zone of a step: the first of the sequence's time zones that resolves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import UnknownZone
from cadence.planning.fields import find_field
from cadence.planning.problem import Problem, warning
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence.diagnostics import Finding
    from cadence.model.people import Business, Directory, Employee, Record
    from cadence.model.sequence import Sequence
    from cadence.timing.zones import Zone

__all__ = ["own_words", "resolve_zone", "zone_name_of"]

_RECORD = "record."
_ASSIGNEE = "assignee.timezone"
_BUSINESS = "business.timezone"


def resolve_zone(
    sequence: Sequence,
    record: Record,
    *,
    directory: Directory,
    assignee: Callable[[], Employee | None],
    findings: list[Finding],
) -> tuple[Zone, str]:
    """Return the zone and the word of the sequence that gave it; *assignee* is asked only where it matters.

    A name that is no zone is passed over with a warning. Raises Problem where none resolves.
    """
    for word, name in _candidates(sequence, record, directory.business, assignee):
        try:
            return zone(name), word
        except UnknownZone as error:
            _note(findings, word, name, error)
    raise _no_zone(sequence, record, findings)


def zone_name_of(sequence: Sequence, record: Record, *, directory: Directory) -> str | None:
    """Return the name of the zone in which the record's local times are read, None where none resolves."""
    try:
        return resolve_zone(sequence, record, directory=directory, assignee=_nobody, findings=[])[0].name
    except Problem:
        return None


def own_words(sequence: Sequence) -> frozenset[str]:
    """Return those of the sequence's words that stand before any assignee's: what they give holds for every step."""
    words = sequence.timezone
    return frozenset(words[: words.index(_ASSIGNEE)] if _ASSIGNEE in words else words)


def _candidates(
    sequence: Sequence, record: Record, business: Business | None, assignee: Callable[[], Employee | None]
) -> Iterator[tuple[str, str]]:
    for word in sequence.timezone:
        name = _named(word, record, business, assignee)
        if name:
            yield word, name


def _named(word: str, record: Record, business: Business | None, assignee: Callable[[], Employee | None]) -> str | None:
    if word.startswith(_RECORD):
        value = find_field(record, word.removeprefix(_RECORD))
        return None if value is None else str(value).strip()
    if word == _ASSIGNEE:
        who = assignee()
        return who.timezone if who else None
    if word == _BUSINESS:
        return business.timezone if business else None
    return word


def _nobody() -> None:
    return None


def _note(findings: list[Finding], word: str, name: str, error: UnknownZone) -> None:
    finding = warning("unknown-zone", f"{word} '{name}' is no time zone, the next one is used", hint=error.hint)
    if finding not in findings:
        findings.append(finding)


def _no_zone(sequence: Sequence, record: Record, findings: list[Finding]) -> Problem:
    tried = ", ".join(sequence.timezone) or "nothing"
    field = next((w.removeprefix(_RECORD) for w in sequence.timezone if w.startswith(_RECORD)), None)
    value = find_field(record, field) if field else None
    what = f"'{value}' is no time zone" if value else "no time zone resolves"
    guess = next((f.hint for f in findings if f.code == "unknown-zone" and f.hint), None) if value else None
    way_out = f"give --field {field}=Europe/Paris" if field else "name a zone under timezone: in the sequence"
    return Problem(
        "no-zone",
        f"{what} for the record '{record.label}' (tried {tried})",
        hint=f"{guess} or {way_out}" if guess else way_out,
    )

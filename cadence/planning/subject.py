"""Everything that the steps of one record share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.entry import History
from cadence.model.people import Directory, Employee
from cadence.model.sequence import AssignKind, Rules
from cadence.planning.assignment import Assigner, Turns
from cadence.planning.changes import is_completed, is_touch
from cadence.planning.compiled import compile_sequence
from cadence.planning.enrollment import choose_enrollment, differences, entries_of
from cadence.planning.identity import enrollment_key
from cadence.planning.namespace import Namespace
from cadence.planning.params import read_params, unusable_params
from cadence.planning.point import read_point
from cadence.planning.problem import Problem, as_finding, refusal
from cadence.planning.rules import RuleBook, active_rules
from cadence.planning.touches import Touches
from cadence.planning.variants import variant_of
from cadence.planning.zones import resolve_zone, zone_name_of
from cadence.timing.civil import DAY
from cadence.timing.instants import from_datetime, to_datetime
from cadence.timing.zones import zone as zone_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from cadence.diagnostics import Finding
    from cadence.model.entry import Enrollment, Entry
    from cadence.model.people import Record
    from cadence.model.sequence import Sequence
    from cadence.planning.compiled import CompiledSequence
    from cadence.timing.zones import Zone

__all__ = ["Request", "Shared", "Subject", "subject_of"]

_POOLS = frozenset({AssignKind.ROUND_ROBIN, AssignKind.LEAST_LOADED})


@dataclass(slots=True)
class Shared:
    """What the records of one plan have in common, and what goes on from one to the next.

    `rules` are the project's; the sequence's own apply as well. `marked` says whether notes carry the marker.
    """

    now: datetime
    directory: Directory = field(default_factory=Directory)
    rules: Rules = field(default_factory=Rules)
    force: bool = False
    marked: bool = True
    turns: Turns = field(default_factory=Turns)
    busy: Counter[tuple[str, int]] = field(default_factory=Counter)


class Request(NamedTuple):
    """What was asked for one record, and what the ledger holds for it."""

    start: datetime | date | None = None
    params: Mapping[str, Any] | None = None
    history: History = History()


@dataclass(slots=True)
class Subject:
    """One record under one sequence while it is being planned.

    `existing` is the enrollment that is gone on with, None for a new one; `enrollment` is its key in either case, and
    `entries` what the ledger holds for it, by key. `start` is in epoch seconds. `zone` is the record's own, and
    `zone_word` the word of the sequence that gave it. `seed` is what stable hashes of this record start from.
    """

    compiled: CompiledSequence
    record: Record
    directory: Directory
    params: Mapping[str, Any]
    existing: Enrollment | None
    number: int
    enrollment: str
    entries: Mapping[str, Entry]
    start: int
    now: datetime
    zone: Zone
    zone_word: str
    variant: str | None
    namespace: Namespace
    assigner: Assigner
    turns: Turns
    book: RuleBook

    force: bool
    seed: str
    findings: list[Finding]

    @property
    def sequence(self) -> Sequence:
        """The sequence itself."""
        return self.compiled.sequence


def subject_of(sequence: Sequence, record: Record, *, shared: Shared, request: Request) -> Subject:
    """Return the record made ready for its steps. Raises PlanError for unusable params or zones."""
    findings: list[Finding] = []
    directory, history = shared.directory, request.history
    wanted = _params(sequence, record, directory, request.params or {})
    known_zone = zone_named(zone_name_of(sequence, record, directory=directory) or "UTC")
    existing, number = choose_enrollment(sequence.enroll, history, now=shared.now, zone=known_zone)
    params = wanted if existing is None else existing.params
    assigner = Assigner(sequence, record, params=params, directory=directory, turns=shared.turns)
    entries = entries_of(history, existing) if existing else ()
    _keep_assignees(assigner, sequence, entries)
    zone, word = _zone(sequence, record, directory, assigner, findings)
    start = _start(request.start, shared.now, zone)
    touches = Touches(_earlier_dues(history, existing), shared.busy)
    if existing is not None:
        asked = {name: wanted[name] for name in request.params or {}}
        findings += differences(existing, start=None if request.start is None else to_datetime(start), params=asked)
        start = from_datetime(existing.start)
    return Subject(
        compiled=compile_sequence(sequence),
        record=record,
        directory=directory,
        params=params,
        existing=existing,
        number=number,
        enrollment=existing.key if existing else _new_key(sequence, record, directory, number),
        entries={entry.key: entry for entry in entries},
        start=start,
        now=shared.now,
        zone=zone,
        zone_word=word,
        variant=variant_of(sequence, record.entity_id),
        namespace=Namespace(
            sequence,
            record,
            params=params,
            directory=directory,
            times=(start, from_datetime(shared.now)),
            completed={entry.step: "completed" for entry in entries if is_completed(entry)},
        ),
        assigner=assigner,
        turns=shared.turns,
        book=RuleBook(active_rules(shared.rules, sequence.rules), touches),
        force=shared.force,
        seed=f"{sequence.name}\x00{record.entity_id}",
        findings=findings,
    )


def _new_key(sequence: Sequence, record: Record, directory: Directory, number: int) -> str:
    return enrollment_key(directory.target, sequence.name, record=record, number=number)


def _params(sequence: Sequence, record: Record, directory: Directory, given: Mapping[str, Any]) -> dict[str, Any]:
    problems = [*unusable_params(sequence, given, directory=directory)] if sequence.params or given else []
    if problems:
        subject = f"sequence '{sequence.name}'"
        raise refusal(sequence.name, record.label, [as_finding(each, subject, place=None) for each in problems])
    return read_params(sequence, given, directory=directory)


def _keep_assignees(assigner: Assigner, sequence: Sequence, entries: tuple[Entry, ...]) -> None:
    pools = {c.step.id: c for c in compile_sequence(sequence).steps if c.assign and c.assign.kind in _POOLS}
    for entry in entries:
        if entry.step in pools:
            assigner.keep(pools[entry.step].pool, entry)


def _zone(
    sequence: Sequence, record: Record, directory: Directory, assigner: Assigner, findings: list[Finding]
) -> tuple[Zone, str]:
    """Return the zone of the record, and the word that gave it; the assignee of the sequence may give one."""
    try:
        assigned = assigner.pick(sequence.assign, pool=sequence.name, advance=False) if sequence.assign else None
    except Problem:
        assigned = None
    who = assigned.who if assigned and isinstance(assigned.who, Employee) else None
    try:
        return resolve_zone(sequence, record, directory=directory, assignee=who, findings=findings)
    except Problem as problem:
        finding = as_finding(problem, f"sequence '{sequence.name}'", place=None)
        raise refusal(sequence.name, record.label, [finding]) from None


def _start(given: datetime | date | None, now: datetime, zone: Zone) -> int:
    """Return the start in epoch seconds."""
    point = read_point(now if given is None else given, zone)
    if point is None:
        raise TypeError(f"start is {given!r}, expected a datetime or a date")
    return zone.to_utc(point.day * DAY + (point.time or 0)) if point.utc is None else point.utc


def _earlier_dues(history: History, existing: Enrollment | None) -> list[int]:
    """Return the dues of the record's other enrollments in this sequence, which caps and gaps count too."""
    key = existing.key if existing else None
    return [from_datetime(entry.due_at) for entry in history.entries if entry.enrollment != key and is_touch(entry)]

"""Everything that the steps of one record share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.entry import History, State
from cadence.model.nesting import DEEPEST, is_too_deep
from cadence.model.people import Directory, Employee
from cadence.model.sequence import Rules
from cadence.planning.assignment import Assigner, Turns
from cadence.planning.changes import is_completed, is_touch
from cadence.planning.compiled import compile_sequence
from cadence.planning.enrollment import FIRST, choose_enrollment, differences, enrollment_to_leave, entries_of
from cadence.planning.exits import exit_of
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
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from cadence.diagnostics import Finding
    from cadence.model.entry import Enrollment, Entry
    from cadence.model.people import Record
    from cadence.model.sequence import Assign, Sequence
    from cadence.planning.compiled import CompiledSequence
    from cadence.planning.enrollment import Chosen
    from cadence.planning.rules import ActiveRule
    from cadence.timing.zones import Zone

__all__ = ["Request", "Shared", "Subject", "subject_of"]


@dataclass(slots=True)
class Shared:
    """What the records of one plan have in common, and what goes on from one to the next.

    `rules` are the project's, `active` those in force; the sequence's own apply as well. `marked` says whether notes
    carry the marker, `knows_ledger` whether one was read. `busy` counts the dues of each assignee by local day.
    `now_utc` is `now` in epoch seconds.
    """

    now: datetime
    directory: Directory = field(default_factory=Directory)
    rules: Rules = field(default_factory=Rules)
    force: bool = False
    marked: bool = True
    turns: Turns = field(default_factory=Turns)
    knows_ledger: bool = True
    busy: defaultdict[tuple[str, int], int] = field(default_factory=partial(defaultdict, int))
    active: tuple[ActiveRule, ...] = field(init=False)
    now_utc: int = field(init=False)

    def __post_init__(self) -> None:
        self.now_utc = from_datetime(self.now)
        self.active = active_rules(self.rules)


class Request(NamedTuple):
    """What was asked for one record, and what the ledger holds for it."""

    start: datetime | date | None = None
    params: Mapping[str, Any] | None = None
    history: History = History()


@dataclass
class Subject:
    """One record under one sequence while it is being planned; what few records need is worked out when asked for.

    `existing` is the enrollment that is gone on with, None for a new one; `enrollment` is its key in either case, and
    `entries` what the ledger holds for it, by key. `revision` is its, or that of the one before a new one. `earlier`
    are the dues of the record's other enrollments. `start` is in epoch seconds. `zone` is the record's own, and
    `zone_word` the word of the sequence that gave it.
    """

    compiled: CompiledSequence
    record: Record
    shared: Shared
    params: Mapping[str, Any]
    existing: Enrollment | None
    number: int
    enrollment: str
    entries: Mapping[str, Entry]
    revision: int | None
    earlier: Iterable[int]
    start: int
    zone: Zone
    zone_word: str
    assigner: Assigner
    findings: list[Finding]

    @property
    def sequence(self) -> Sequence:
        """The sequence itself."""
        return self.compiled.sequence

    @property
    def directory(self) -> Directory:
        """What is known of the account."""
        return self.shared.directory

    @property
    def variant(self) -> str | None:
        """The record's variant."""
        return variant_of(self.sequence, self.record.entity_id) if self.sequence.variants else None

    @cached_property
    def exit(self) -> str | None:
        """The condition by which the record leaves the sequence, None where it stays."""
        if not self.sequence.exit_when:
            return None
        return exit_of(self.sequence, self.namespace.for_step(self.sequence.steps[0], self.zone, who=None))

    def entry_of(self, step: str, occurrence: int) -> Entry | None:
        """Return what the ledger holds for that occurrence under that step's name."""
        return self._entries_by_step.get((step, occurrence))

    @cached_property
    def _entries_by_step(self) -> Mapping[tuple[str, int], Entry]:
        live_last = sorted(self.entries.values(), key=lambda entry: entry.state is not State.CANCELLED)
        return {(entry.step, entry.occurrence): entry for entry in live_last}

    @cached_property
    def seed(self) -> str:
        """What stable hashes of this record start from."""
        return f"{self.sequence.name}\x00{self.record.entity_id}"

    @cached_property
    def book(self) -> RuleBook:
        """The rules in force, and the dues so far."""
        return RuleBook(self.shared.active + self.compiled.rules, Touches(self.earlier, self.shared.busy))

    @cached_property
    def namespace(self) -> Namespace:
        """What the record's conditions and notes can name."""
        return Namespace(
            self.sequence,
            self.record,
            params=self.params,
            directory=self.directory,
            times=(self.start, self.shared.now_utc),
            completed={entry.step: "completed" for entry in self.entries.values() if is_completed(entry)},
        )


def subject_of(sequence: Sequence, record: Record, *, shared: Shared, request: Request) -> Subject:
    """Return the record made ready for its steps. Raises PlanError for unusable params or zones.

    A record that leaves the sequence is not enrolled another time: it leaves those that it has, one with each plan.
    """
    _check_nesting(sequence, record, request.params or {})
    chosen = _enrollment(sequence, record, shared, request.history)
    subject = _subject_in(chosen, sequence, record, shared=shared, request=request)
    if chosen.existing is None and request.history.enrollments and subject.exit is not None:
        left = enrollment_to_leave(request.history, now=shared.now)
        leaving = _subject_in(left, sequence, record, shared=shared, request=request)
        if leaving.exit is not None:
            return leaving
    return subject


def _subject_in(chosen: Chosen, sequence: Sequence, record: Record, *, shared: Shared, request: Request) -> Subject:
    findings: list[Finding] = []
    directory, history = shared.directory, request.history
    compiled = compile_sequence(sequence)
    wanted = _params(sequence, record, directory, request.params or {})
    existing, number = chosen
    params = wanted if existing is None else existing.params
    assigner = Assigner(sequence, record, params=params, directory=directory, turns=shared.turns)
    entries = entries_of(history, existing) if existing else ()
    if entries:
        _keep_assignees(assigner, compiled, entries)
    zone, word = _zone(sequence, record, directory, assigner, findings)
    start = _start(request.start, shared.now, zone)
    if existing is not None:
        asked = {name: wanted[name] for name in request.params or {}}
        findings += differences(existing, start=None if request.start is None else to_datetime(start), params=asked)
        start = from_datetime(existing.start)
    return Subject(
        compiled=compiled,
        record=record,
        shared=shared,
        params=params,
        existing=existing,
        number=number,
        enrollment=existing.key if existing else _new_key(sequence, record, directory, number),
        entries={entry.key: entry for entry in entries},
        revision=_revision(history, existing) if shared.knows_ledger else None,
        earlier=_earlier_dues(history, existing) if history.entries else (),
        start=start,
        zone=zone,
        zone_word=word,
        assigner=assigner,
        findings=findings,
    )


def _check_nesting(sequence: Sequence, record: Record, params: Mapping[str, Any]) -> None:
    deep = [f"field '{name}'" for name, value in record.fields.items() if is_too_deep(value)]
    deep += [f"param '{name}'" for name, value in params.items() if is_too_deep(value)]
    if deep:
        hint = "keep it flat, or leave it out"
        problems = [Problem("too-deep", f"{what} is nested deeper than {DEEPEST} levels", hint=hint) for what in deep]
        subject = f"record '{record.label}'"
        raise refusal(sequence.name, record.label, [as_finding(each, subject, place=None) for each in problems])


def _enrollment(sequence: Sequence, record: Record, shared: Shared, history: History) -> Chosen:
    if not history.enrollments:
        return FIRST
    zone = zone_named(zone_name_of(sequence, record, directory=shared.directory) or "UTC")
    return choose_enrollment(sequence.enroll, history, now=shared.now, zone=zone)


def _revision(history: History, existing: Enrollment | None) -> int:
    known = history.enrollments[-1:] if existing is None else (existing,)
    return known[0].revision if known else 0


def _new_key(sequence: Sequence, record: Record, directory: Directory, number: int) -> str:
    return enrollment_key(directory.target, sequence.name, record=record, number=number)


def _params(sequence: Sequence, record: Record, directory: Directory, given: Mapping[str, Any]) -> dict[str, Any]:
    if not sequence.params and not given:
        return {}
    problems = [*unusable_params(sequence, given, directory=directory)]
    if problems:
        subject = f"sequence '{sequence.name}'"
        raise refusal(sequence.name, record.label, [as_finding(each, subject, place=None) for each in problems])
    return read_params(sequence, given, directory=directory)


def _keep_assignees(assigner: Assigner, compiled: CompiledSequence, entries: tuple[Entry, ...]) -> None:
    """Let the record keep whom its pools gave it, under the names that renamed steps had, too."""
    pools: dict[str, tuple[Assign, list[Entry]]] = {}
    for each in compiled.steps:
        names = {each.step.id, each.step.moved_from}
        if each.assign is not None:
            _, drawn = pools.setdefault(each.pool, (each.assign, []))
            drawn += [entry for entry in entries if entry.step in names]
    for pool, (assign, drawn) in pools.items():
        assigner.keep(assign, pool=pool, entries=drawn)


def _zone(
    sequence: Sequence, record: Record, directory: Directory, assigner: Assigner, findings: list[Finding]
) -> tuple[Zone, str]:
    """Return the zone of the record, and the word that gave it; the assignee of the sequence may give one."""

    def assignee() -> Employee | None:
        try:
            assigned = assigner.pick(sequence.assign, pool=sequence.name) if sequence.assign else None
        except Problem:
            return None
        return assigned.who if assigned and isinstance(assigned.who, Employee) else None

    try:
        return resolve_zone(sequence, record, directory=directory, assignee=assignee, findings=findings)
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

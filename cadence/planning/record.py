"""One sequence for one record: every step planned, everything in the way collected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.errors import CadenceError
from cadence.model.entry import History
from cadence.model.people import Directory, Employee
from cadence.model.plan import EnrollmentPlan
from cadence.model.sequence import Rules
from cadence.planning.activities import ActivityMaker
from cadence.planning.assignment import Turns
from cadence.planning.lanes import along_lanes
from cadence.planning.late import late_activity
from cadence.planning.lint import lint_drafts
from cadence.planning.problem import as_finding, refusal
from cadence.planning.steps import StepPlanner
from cadence.planning.subject import Request, Shared, subject_of
from cadence.timing.instants import from_datetime, to_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from cadence.diagnostics import Finding
    from cadence.model.people import Record, Role
    from cadence.model.plan import Activity
    from cadence.model.sequence import Sequence
    from cadence.planning.draft import Draft
    from cadence.planning.lanes import Placed
    from cadence.planning.subject import Subject

__all__ = ["Planned", "plan_one", "plan_record"]

_NO_DIRECTORY = Directory()
_NO_HISTORY = History()
_NO_RULES = Rules()


class Planned(NamedTuple):
    """The plan of one record, what deserves a look in it, and the pools' cursors after it."""

    enrollment: EnrollmentPlan
    findings: tuple[Finding, ...]
    cursors: Mapping[str, int]


def plan_record(  # noqa: PLR0913 - what a plan depends on
    sequence: Sequence,
    record: Record,
    *,
    now: datetime,
    start: datetime | date | None = None,
    params: Mapping[str, Any] | None = None,
    directory: Directory = _NO_DIRECTORY,
    history: History = _NO_HISTORY,
    rules: Rules = _NO_RULES,
    force: bool = False,
    marked: bool = True,
) -> Planned:
    """Return what *sequence* means for *record* at *now*, given what the ledger holds in *history*.

    *start* is *now* by default; without an offset it is local time in the record's zone, and a date is its midnight.
    *rules* are the project's. Raises PlanError with everything that stands in the way.
    """
    shared = Shared(now.replace(microsecond=0), directory, rules, force, marked, Turns(dict(history.cursors)))
    return plan_one(sequence, record, shared=shared, request=Request(start, params, history))


def plan_one(sequence: Sequence, record: Record, *, shared: Shared, request: Request) -> Planned:
    """Return the same as `plan_record`, with what the records of a plan share; its turns move on."""
    subject = subject_of(sequence, record, shared=shared, request=request)
    along = along_lanes(subject)
    if along is not None and _can_be_written(along.placed, subject):
        return _planned(subject, _late_activities(along.placed, subject), along.findings)
    drafts, activities = _in_full(subject)
    warnings = (warning for draft in drafts for warning in draft.warnings)
    return _planned(subject, activities, (*warnings, *lint_drafts(drafts)))


def _planned(subject: Subject, activities: tuple[Activity, ...], findings: tuple[Finding, ...]) -> Planned:
    turns = subject.shared.turns
    return Planned(_enrollment(subject, activities), (*subject.findings, *findings), dict(turns.cursors))


def _in_full(subject: Subject) -> tuple[list[Draft], tuple[Activity, ...]]:
    """Return drafts and activities, both in submission order. Raises PlanError with everything in the way."""
    errors: list[Finding] = []
    drafts = _drafts(subject, errors)
    activities = _activities(subject, drafts, errors)
    if errors:
        raise refusal(subject.sequence.name, subject.record.label, errors)
    return drafts, activities


def _can_be_written(placed: list[Placed], subject: Subject) -> bool:
    """Whether everybody can be found and every note be rendered; somebody with leave is left to the long way."""
    if not (subject.compiled.is_checked or subject.directory.activity_types):
        return True
    try:
        assigned = _checked(placed, subject)
    except CadenceError:
        return False
    if any(isinstance(who, Employee) and who.leave for who, _ in assigned):
        return False
    for who, day in assigned:
        subject.shared.busy[who.id, day] += 1
    return True


def _checked(placed: list[Placed], subject: Subject) -> list[tuple[Employee | Role, int]]:
    """Return who gets something, and on which local day. Raises CadenceError."""
    maker, found = ActivityMaker(subject), []
    for each in placed:
        draft = each.draft()
        assign = draft.compiled.assign
        if assign is not None:
            draft.assigned = subject.assigner.pick(assign, pool=draft.compiled.pool)
            found.append((draft.assigned.who, each.point.day))
        if each.lane.waits is None:
            maker.check(draft)
    return found


def _late_activities(placed: list[Placed], subject: Subject) -> tuple[Activity, ...]:
    """Return activities for which the steps are planned in full once somebody reads more than a due."""
    write = _Writer(subject).write
    return tuple(
        [
            late_activity(
                partial(write, number),
                each.lane.step_id,
                action=each.lane.action,
                due_at=each.due_at,
                reason=each.lane.waits,
            )
            for number, each in enumerate(placed)
        ]
    )


class _Writer:
    """Plans a record in full when the first of its activities is read; it uses up no turns."""

    __slots__ = ("_subject", "_written")

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._written: tuple[Activity, ...] | None = None

    def write(self, number: int) -> Activity:
        if self._written is None:
            apart = replace(self._subject.shared, turns=Turns(), busy=defaultdict(int))
            self._written = _in_full(replace(self._subject, shared=apart))[1]
        return self._written[number]


def _drafts(subject: Subject, errors: list[Finding]) -> list[Draft]:
    """Return the drafts of all steps in submission order: by due, then position in the file, then occurrence."""
    planner = StepPlanner(subject)
    drafts: list[Draft] = []
    for compiled in subject.compiled.steps:
        try:
            drafts += planner.plan(compiled)
        except CadenceError as error:
            step = compiled.step
            errors.append(as_finding(error, f"step '{step.id}'", place=step.place))
    return sorted(drafts, key=_submission_order)


def _submission_order(draft: Draft) -> tuple[int, int, int]:
    return draft.utc, draft.compiled.position, draft.occurrence


def _activities(subject: Subject, drafts: list[Draft], errors: list[Finding]) -> tuple[Activity, ...]:
    maker = ActivityMaker(subject)
    made = []
    for draft in drafts:
        try:
            made.append(maker.make(draft))
        except CadenceError as error:
            errors.append(as_finding(error, draft.subject, place=draft.compiled.step.place))
    if errors:
        return ()
    dropped = [] if not subject.entries else [*_dropped(subject, drafts, maker)]
    return tuple(sorted((*made, *dropped), key=_due_order) if dropped else made)


def _dropped(subject: Subject, drafts: list[Draft], maker: ActivityMaker) -> Iterator[Activity]:
    """Yield what becomes of entries that belong to no step and no occurrence any more."""
    wanted = {draft.key for draft in drafts}
    steps = {step.id for step in subject.sequence.steps}
    for entry in subject.entries.values():
        if entry.key not in wanted:
            gone = "is repeated less often" if entry.step in steps else "is no longer in the sequence"
            yield maker.dropped(entry, reason=gone)


def _due_order(activity: Activity) -> int:
    return from_datetime(activity.due_at) if activity.due_at else 0


def _enrollment(subject: Subject, activities: tuple[Activity, ...]) -> EnrollmentPlan:
    sequence = subject.sequence
    return EnrollmentPlan(
        record=subject.record,
        sequence=sequence.name,
        key=subject.enrollment,
        number=subject.number,
        start=to_datetime(subject.start),
        zone=subject.zone.name,
        sequence_digest=sequence.digest,
        params=subject.params,
        variant=subject.variant,
        is_new=subject.existing is None,
        enroll=str(sequence.enroll.policy),
        revision=subject.revision,
        activities=activities,
    )

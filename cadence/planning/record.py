"""One sequence for one record: every step planned, everything in the way collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.errors import CadenceError
from cadence.model.entry import History
from cadence.model.people import Directory
from cadence.model.plan import EnrollmentPlan
from cadence.model.sequence import Rules
from cadence.planning.activities import ActivityMaker
from cadence.planning.assignment import Turns
from cadence.planning.lint import lint_drafts
from cadence.planning.problem import as_finding, refusal
from cadence.planning.steps import StepPlanner
from cadence.planning.subject import Request, Shared, subject_of
from cadence.timing.instants import from_datetime, to_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from cadence.diagnostics import Finding
    from cadence.model.people import Record
    from cadence.model.plan import Activity
    from cadence.model.sequence import Sequence
    from cadence.planning.draft import Draft
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
    errors: list[Finding] = []
    drafts = _drafts(subject, errors)
    activities = _activities(subject, drafts, shared, errors)
    if errors:
        raise refusal(sequence.name, record.label, errors)
    warnings = (warning for draft in drafts for warning in draft.warnings)
    findings = (*subject.findings, *warnings, *lint_drafts(drafts))
    return Planned(_enrollment(subject, activities), findings, dict(shared.turns.cursors))


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


def _activities(subject: Subject, drafts: list[Draft], shared: Shared, errors: list[Finding]) -> tuple[Activity, ...]:
    maker = ActivityMaker(subject, shared)
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
        activities=activities,
    )

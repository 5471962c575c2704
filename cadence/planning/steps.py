"""One step of one record: whether it applies, who gets it, when it is due."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cadence.errors import CadenceError
from cadence.model.entry import State
from cadence.model.people import Employee
from cadence.model.sequence import Slot
from cadence.planning.anchors import Anchors
from cadence.planning.body import kept_type
from cadence.planning.changes import fixed_due, stays_cancelled
from cadence.planning.draft import Draft
from cadence.planning.due import brought_past_now, compute_due, first_day
from cadence.planning.identity import unused_key
from cadence.planning.leave import leave_at
from cadence.planning.occurrences import rule_dates
from cadence.planning.trace import Rule
from cadence.planning.window import window_of
from cadence.planning.zones import resolve_zone
from cadence.timing.instants import from_datetime, to_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.entry import Entry
    from cadence.planning.anchors import Found
    from cadence.planning.assignment import Assigned
    from cadence.planning.compiled import CompiledStep
    from cadence.planning.occurrences import RuleDate
    from cadence.planning.subject import Subject
    from cadence.timing.zones import Zone

__all__ = ["StepPlanner"]


class StepPlanner:
    """Plans the steps of one record, each after those that it counts from."""

    __slots__ = ("_anchors", "_subject")

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._anchors = Anchors(subject.record, start=subject.start, params=subject.params)

    def plan(self, compiled: CompiledStep) -> list[Draft]:
        """Return the step's occurrences; none where a step that it counts from could not be planned.

        A step that is skipped needs no due: where none can be computed it has none. Raises CadenceError.
        """
        self._anchors.drafts[compiled.step.id] = None
        skipped, waits = self._whether(compiled)
        try:
            drafts = self._drafts(compiled, skipped, waits)
        except CadenceError:
            if skipped is None:
                raise
            drafts = [self._dueless(compiled, skipped)]
        if drafts:
            self._anchors.drafts[compiled.step.id] = drafts[-1]
        return drafts

    def _drafts(self, compiled: CompiledStep, skipped: str | None, waits: str | None) -> list[Draft]:
        assigned = self._who(compiled, skipped)
        zone, word = self._zone(assigned)
        found = self._anchors.find(compiled.step.due.anchor, zone)
        if found is None:
            return []
        drafts = []
        for occurrence, chosen in _occurrences(compiled, found, zone):
            draft = self._draft(compiled, occurrence, zone, word)
            draft.skipped, draft.waits, draft.assigned = skipped, waits or found.waits, assigned
            self._settle(draft, found, chosen)
            drafts.append(draft)
        return drafts

    def _draft(self, compiled: CompiledStep, occurrence: int, zone: Zone, word: str) -> Draft:
        draft = Draft(compiled, occurrence, zone=zone, window=window_of(compiled, zone), seed=self._subject.seed)
        self._identify(draft)
        calendar = compiled.calendar.name if compiled.calendar else "no calendar"
        draft.trace.note(Rule.CALENDAR, f"{calendar}, in {zone.name} ({word})")
        return draft

    def _dueless(self, compiled: CompiledStep, skipped: str) -> Draft:
        draft = self._draft(compiled, 1, self._subject.zone, "the record's zone")
        draft.skipped, draft.has_due = skipped, False
        return draft

    def _identify(self, draft: Draft) -> None:
        """Find the ledger's entry and its key; a renamed step goes on under the key that it was enrolled with."""
        subject, step = self._subject, draft.compiled.step
        if not subject.entries:
            return
        for name in (step.moved_from, step.id):
            entry = subject.entry_of(name, draft.occurrence) if name else None
            if entry is not None:
                draft.key, draft.entry = entry.key, entry
                self._warn_of_kept_type(draft, entry)
                return
        draft.key = unused_key(subject.enrollment, step.id, draft.occurrence, used=subject.entries)

    def _warn_of_kept_type(self, draft: Draft, entry: Entry) -> None:
        """Warn where the step now has another type than the activity that is scheduled: the CRM cannot change it."""
        step = draft.compiled.step
        kept = kept_type(entry.body, step, self._subject.directory) if entry.state is State.SCHEDULED else None
        if kept is not None:
            message = f"stays of type '{kept}' in the CRM, not '{step.activity}'"
            draft.warn("type-kept", message, hint="give the step another id to cancel it and schedule a new one")

    def _whether(self, compiled: CompiledStep) -> tuple[str | None, str | None]:
        """Return why the step is skipped, and what its condition waits for; None and None where it applies."""
        step, subject = compiled.step, self._subject
        if subject.exit is not None:
            return f"the sequence is left: {subject.exit}", None
        if step.variant is not None and step.variant != subject.variant:
            return f"is for variant '{step.variant}', the record has '{subject.variant}'", None
        condition = step.condition
        if condition is None or compiled.holds is None:
            return None, None
        open_steps = [name for name in condition.steps if not self._is_over(name)]
        if open_steps:
            return None, f"whether {condition.source} is known with the completion of {', '.join(open_steps)}"
        return (None, None) if self._holds(compiled) else (f"its condition does not hold: {condition.source}", None)

    def _holds(self, compiled: CompiledStep) -> bool:
        condition, subject = compiled.step.condition, self._subject
        who = None
        if condition is not None and any(name.partition(".")[0] == "assignee" for name in condition.names):
            assigned = self._pick(compiled)
            who = assigned.who if assigned else None
        names = subject.namespace.for_step(compiled.step, subject.zone, who=who)
        return bool(compiled.holds and compiled.holds(names))

    def _is_over(self, step_id: str) -> bool:
        draft = self._anchors.drafts.get(step_id)
        return draft is not None and draft.entry is not None and draft.entry.state is State.COMPLETED

    def _who(self, compiled: CompiledStep, skipped: str | None) -> Assigned | None:
        if skipped is None:
            return self._pick(compiled)
        try:
            return self._pick(compiled)
        except CadenceError:
            return None

    def _pick(self, compiled: CompiledStep) -> Assigned | None:
        if compiled.assign is None:
            return None
        return self._subject.assigner.pick(compiled.assign, pool=compiled.pool)

    def _zone(self, assigned: Assigned | None) -> tuple[Zone, str]:
        subject = self._subject
        if subject.zone_word in subject.compiled.own_words:
            return subject.zone, subject.zone_word
        who = assigned.who if assigned and isinstance(assigned.who, Employee) else None
        return resolve_zone(
            subject.sequence,
            subject.record,
            directory=subject.directory,
            assignee=lambda: who,
            findings=subject.findings,
        )

    def _settle(self, draft: Draft, found: Found, chosen: RuleDate | None) -> None:
        """Give the draft its due: the one that stands already, or the computed one."""
        subject = self._subject
        fixed = None if draft.entry is None else fixed_due(draft.entry, subject.shared.now, force=subject.shared.force)
        if draft.entry is not None and fixed is not None:
            draft.utc = from_datetime(fixed)
            draft.assigned = subject.assigner.assigned_before(draft.entry)
            self._recall(draft, from_datetime(draft.entry.due_at), found=found, chosen=chosen)
            draft.trace.instant(Rule.LEDGER, None, draft.utc, f"stands since it was {_word_of(draft.entry.state)}")
        else:
            drawn = draft.assigned
            self._cover(draft, found, chosen)
            self._compute(draft, found, chosen)
            self._take(draft, drawn)
        self._count(draft)

    def _take(self, draft: Draft, drawn: Assigned | None) -> None:
        """Use up the turns of whoever was *drawn* and of whoever covers, where the step will be sent."""
        if draft.skipped is not None or draft.waits is not None:
            return
        if draft.entry is not None and stays_cancelled(
            draft.entry, self._subject.shared.now, due=to_datetime(draft.utc)
        ):
            return
        for each in filter(None, (drawn, draft.assigned)):
            self._subject.assigner.take(each)

    def _recall(self, draft: Draft, sent: int, *, found: Found, chosen: RuleDate | None) -> None:
        """Add how the due that was *sent* came about, where the sequence and what is known still lead to it."""
        probe = Draft(draft.compiled, draft.occurrence, zone=draft.zone, window=draft.window, seed=draft.seed)
        with suppress(CadenceError):
            compute_due(probe, found, chosen=chosen, anchors=self._anchors, book=self._subject.book)
            if probe.utc == sent:
                draft.trace.join(probe.trace)

    def _compute(self, draft: Draft, found: Found, chosen: RuleDate | None) -> None:
        subject = self._subject
        if draft.assigned is not None:
            draft.window = window_of(draft.compiled, draft.zone, who=draft.assigned.who)
            draft.trace.note(Rule.ASSIGNEE, f"{draft.assigned.who.name}: {draft.assigned.reason}")
        compute_due(draft, found, chosen=chosen, anchors=self._anchors, book=subject.book)
        if draft.entry is None:
            brought_past_now(draft, subject.shared.now_utc, anchors=self._anchors, book=subject.book)

    def _cover(self, draft: Draft, found: Found, chosen: RuleDate | None) -> None:
        """Hand the draft to whoever covers for an assignee who is on leave at the due that it would have."""
        assign, assigned = draft.compiled.assign, draft.assigned
        if assign is None or assign.cover is None or assigned is None or not getattr(assigned.who, "leave", ()):
            return
        probe = Draft(draft.compiled, draft.occurrence, zone=draft.zone, window=draft.window, seed=draft.seed)
        subject = self._subject
        compute_due(probe, found, chosen=chosen, anchors=self._anchors, book=subject.book)
        leave = leave_at(assigned.who, probe.utc, zone=draft.zone)
        if leave is not None:
            draft.assigned = subject.assigner.pick(assign.cover, pool=f"{draft.compiled.pool}:cover")
            away = f"{assigned.who.name} is on leave {leave.first} to {leave.last}"
            draft.trace.note(Rule.COVER, f"{away}: {draft.assigned.who.name} covers")

    def _count(self, draft: Draft) -> None:
        if draft.skipped is not None or draft.waits is not None:
            return
        who = draft.assigned.who.id if draft.assigned else None
        self._subject.book.touches.add(draft.utc, draft.zone, who)
        if who is not None:
            self._subject.shared.turns.load[who] += 1


def _word_of(state: State) -> str:
    """Return what was done with an entry; of one whose outcome is unknown only that it was sent."""
    return "sent" if state in (State.SENDING, State.IN_DOUBT, State.PARKED) else str(state)


def _occurrences(compiled: CompiledStep, found: Found, zone: Zone) -> Iterator[tuple[int, RuleDate | None]]:
    repeat = compiled.step.repeat
    if repeat is None:
        yield 1, None
    elif repeat.rrule:
        at = compiled.step.due.at
        time = at.opens if isinstance(at, Slot) else found.point.time if at is None else at
        dates = rule_dates(repeat.rrule, first_day(compiled, found.point), time, zone=zone)
        yield from enumerate(dates, start=1)
    else:
        yield from ((occurrence, None) for occurrence in range(1, repeat.times + 1))

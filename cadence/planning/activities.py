"""Activities out of drafts: the action, the literal body, and the why in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cadence.model.entry import State
from cadence.model.plan import Action, Activity
from cadence.planning.assignment import assignee_of
from cadence.planning.body import assignee_fields, associations, create_body, mentioned, note_with_marker, type_fields
from cadence.planning.changes import assigned_in, change_for, leftover
from cadence.planning.identity import entry_key, marker
from cadence.planning.late import late_activity
from cadence.timing.instants import format_local, from_datetime, to_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence.model.entry import Entry
    from cadence.planning.draft import Draft
    from cadence.planning.subject import Subject

__all__ = ["ActivityMaker", "due_text"]


class ActivityMaker:
    """Makes the activities of one record."""

    __slots__ = ("_shared", "_subject")

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._shared = subject.shared

    def make(self, draft: Draft) -> Activity:
        """Return the activity of *draft*. Raises Problem, or MissingVariable for its note."""
        entry = draft.entry
        if entry is None:
            return self._first_time(draft)
        if draft.skipped is not None:
            change = leftover(entry, self._shared.now, reason=draft.skipped)
            return self._activity(draft, change.action, reason=change.reason)
        if draft.waits is not None and entry.state not in (State.SCHEDULED, State.COMPLETED, State.PARKED):
            return self._activity(draft, Action.ESTIMATE, reason=draft.waits)
        due = to_datetime(draft.utc)
        wanted = assignee_fields(draft.assigned.who if draft.assigned else None)
        change = change_for(
            entry, self._shared.now, due=due, assigned=next(iter(wanted.items()), None), force=self._shared.force
        )
        if change.action is Action.CREATE:
            self.check(draft)
        return self._activity(draft, change.action, reason=change.reason, body=self._body(draft, change.action))

    def dropped(self, entry: Entry, *, reason: str) -> Activity:
        """Return the activity of an entry that belongs to no step any more."""
        change = leftover(entry, self._shared.now, reason=reason)
        zone = self._subject.zone
        return Activity(
            step=entry.step,
            action=change.action,
            due_at=entry.due_at,
            zone=zone.name,
            local=format_local(from_datetime(entry.due_at), zone),
            original_due_at=entry.due_at,
            occurrence=entry.occurrence,
            reason=change.reason,
            key=entry.key,
            marker=entry.marker,
            activity=str(entry.body.get("activity_object_name") or entry.body.get("activity_object_id") or ""),
            activity_id=entry.activity_id,
            on_error=str(self._subject.sequence.on_error),
        )

    def _first_time(self, draft: Draft) -> Activity:
        if draft.skipped is not None:
            action, reason = Action.SKIP, draft.skipped
        elif draft.waits is not None:
            action, reason = Action.ESTIMATE, draft.waits
        else:
            action, reason = Action.CREATE, None
            self.check(draft)
        due = to_datetime(draft.utc) if draft.has_due else None
        step = draft.compiled.step.id
        return late_activity(partial(self._written, draft, action), step, action=action, due_at=due, reason=reason)

    def _written(self, draft: Draft, action: Action) -> Activity:
        return self._activity(draft, action, reason=draft.skipped or draft.waits, body=self._body(draft, action))

    def check(self, draft: Draft) -> None:
        """Render the note, and find now what would stand in the way of the body later. Raises Problem."""
        compiled, subject = draft.compiled, self._subject
        step = compiled.step
        if compiled.render is not None:
            who = draft.assigned.who if draft.assigned else None
            draft.note = compiled.render(subject.namespace.for_step(step, draft.zone, who=who, due=draft.utc))
        if step.mentions:
            mentioned(step, subject.record, directory=subject.directory, params=subject.params)
        if step.associate:
            associations(step, subject.record, directory=subject.directory)
        if subject.directory.activity_types:
            type_fields(step, subject.directory)

    def _activity(
        self, draft: Draft, action: Action, *, reason: str | None = None, body: Mapping[str, Any] | None = None
    ) -> Activity:
        entry, step = draft.entry, draft.compiled.step
        due = to_datetime(draft.utc) if draft.has_due else None
        return Activity(
            step=step.id,
            action=action,
            due_at=due,
            zone=draft.zone.name,
            local=format_local(draft.utc, draft.zone) if draft.has_due else None,
            original_due_at=_original(entry) or due,
            occurrence=draft.occurrence,
            assignee=assignee_of(draft.assigned.who) if draft.assigned else None,
            body=body,
            why=draft.trace.lines(draft.zone),
            reason=reason,
            key=self._key(draft),
            marker=self._marker(draft),
            activity=step.activity,
            activity_id=entry.activity_id if entry else None,
            previous_due_at=(entry.moved_to or entry.due_at) if entry and action is Action.MOVE else None,
            on_error=draft.compiled.on_error,
        )

    def _body(self, draft: Draft, action: Action) -> Mapping[str, Any] | None:
        match action:
            case Action.CREATE:
                return self._create(draft)
            case Action.MOVE:
                return {"due_datetime": due_text(draft.utc), **self._reassignment(draft)}
            case Action.REASSIGN:
                return self._reassignment(draft)
            case _:
                return None

    def _create(self, draft: Draft) -> Mapping[str, Any]:
        return create_body(
            draft.compiled.step,
            self._subject.record,
            directory=self._subject.directory,
            params=self._subject.params,
            due=due_text(draft.utc),
            who=draft.assigned.who if draft.assigned else None,
            note=note_with_marker(draft.note, self._marker(draft)),
        )

    def _reassignment(self, draft: Draft) -> dict[str, Any]:
        """Return what a PATCH says of the assignee; the field that no longer holds is emptied."""
        wanted: dict[str, Any] = dict(assignee_fields(draft.assigned.who if draft.assigned else None))
        before = assigned_in(draft.entry) if draft.entry else None
        if before == next(iter(wanted.items()), None):
            return {}
        return wanted if before is None or before[0] in wanted else {**wanted, before[0]: None}

    def _key(self, draft: Draft) -> str:
        return draft.key or entry_key(self._subject.enrollment, draft.compiled.step.id, draft.occurrence)

    def _marker(self, draft: Draft) -> str:
        if draft.entry is not None and draft.entry.marker:
            return draft.entry.marker
        return marker(self._key(draft)) if self._shared.marked else ""


def due_text(utc: int) -> str:
    """Return the instant as RFC 3339 in UTC: 2026-11-23T15:00:00Z."""
    return to_datetime(utc).isoformat()[:19] + "Z"


def _original(entry: Entry | None) -> datetime | None:
    return entry.due_at if entry else None

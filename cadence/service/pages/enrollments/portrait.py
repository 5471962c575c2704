"""An enrollment as a picture: planned again where its sequence is still there, else as the ledger has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import CadenceError
from cadence.frozen import dataclass
from cadence.model.entry import State
from cadence.model.people import Record
from cadence.model.plan import Action, Activity, EnrollmentPlan
from cadence.service.standing import as_seen
from cadence.timeline.build import timeline_of
from cadence.timeline.surroundings import Surroundings
from cadence.timing.instants import format_local, from_datetime
from cadence.timing.zones import zone as zone_named
from cadence.wording.counts import plan_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cadence.engine.engine import Engine
    from cadence.ledger.browsing import Enrolled
    from cadence.model.entry import Entry
    from cadence.model.plan import Plan
    from cadence.timeline.timeline import Timeline

__all__ = ["Portrait", "portrait_of"]


@dataclass(frozen=True, slots=True)
class Portrait:
    """The picture of an enrollment. `changes` says what applying it again would do; where it could not be planned
    again, `apart` says why, and the picture has no why.
    """  # noqa: D205 - one sentence

    timeline: Timeline
    changes: str = ""
    apart: str = ""


def portrait_of(
    enrolled: Enrolled, entries: Sequence[Entry], *, desk: Engine | None, now: datetime, viewer: str
) -> Portrait:
    """Return the picture of *enrolled*, whose *entries* are as they stand now.

    *desk* plans for its account, None where that is none of this service.
    """
    if desk is None:
        apart = f"it was applied to {enrolled.target.name} at {enrolled.target.base_url}"
        return _from_ledger(enrolled, entries, now=now, viewer=viewer, apart=apart)
    try:
        plan = desk.plan(enrolled.sequence, enrolled.record_id, params=enrolled.params)
        if [each.key for each in plan.enrollments] == [enrolled.key]:
            by_key = {entry.key: entry for entry in entries}
            (timeline,) = desk.timelines(as_seen(plan, by_key), viewer=viewer, entries=by_key)
            return Portrait(timeline, changes=_changes(plan))
        apart = "the record has a later enrollment, or may be enrolled again"
    except CadenceError as error:
        apart = error.message
    return _from_ledger(enrolled, entries, now=now, viewer=viewer, apart=apart)


def _changes(plan: Plan) -> str:
    return plan_words(plan.counts) if plan.has_changes else ""


def _from_ledger(enrolled: Enrolled, entries: Sequence[Entry], *, now: datetime, viewer: str, apart: str) -> Portrait:
    by_due = sorted(entries, key=lambda entry: (entry.due_at, entry.position))
    enrollment = EnrollmentPlan(
        record=Record(enrolled.record_id, object=enrolled.object, name=enrolled.record_name),
        sequence=enrolled.sequence,
        key=enrolled.key,
        number=enrolled.number,
        start=enrolled.start,
        zone=enrolled.zone,
        sequence_digest="",
        variant=enrolled.variant,
        is_new=False,
        activities=tuple(_activity(entry, enrolled.zone) for entry in by_due),
    )
    around = Surroundings(entries={entry.key: entry for entry in entries}, viewer=viewer)
    return Portrait(timeline_of(enrollment, now, around), apart=apart)


def _activity(entry: Entry, zone: str) -> Activity:
    due_at = entry.moved_to or entry.due_at
    return Activity(
        step=entry.step,
        action=Action.CANCEL if entry.state is State.CANCELLED else Action.KEEP,
        due_at=due_at,
        zone=zone,
        local=format_local(from_datetime(due_at), zone_named(zone)),
        occurrence=entry.occurrence,
        key=entry.key,
        marker=entry.marker,
        activity=entry.activity,
        activity_id=entry.activity_id,
    )

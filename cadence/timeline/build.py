"""A timeline out of an enrollment's plan and what is known around it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.planning.compiled import compile_sequence
from cadence.planning.window import window_of
from cadence.timeline.backdrop import backdrop
from cadence.timeline.lane import lane_of
from cadence.timeline.notes import clock_notes, closed_notes, leave_notes
from cadence.timeline.scale import scale_of
from cadence.timeline.surroundings import NOTHING, Surroundings
from cadence.timeline.ticks import axis
from cadence.timeline.timeline import Timeline
from cadence.timing.civil import DAY
from cadence.timing.instants import from_datetime
from cadence.timing.zones import zone as zone_named
from cadence.wording.dates import spoken_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cadence.model.plan import Activity, EnrollmentPlan
    from cadence.model.sequence import Sequence
    from cadence.timeline.scale import Scale
    from cadence.timeline.timeline import Backdrop, Lane, Note
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.opens import OpenTable
    from cadence.timing.zones import Zone

__all__ = ["timeline_of"]

_HOURS_UP_TO = 10 * DAY


def timeline_of(enrollment: EnrollmentPlan, now: datetime, around: Surroundings = NOTHING) -> Timeline:
    """Return the picture of *enrollment* as of *now*, a lane an activity, in the plan's order."""
    lanes = [lane_of(activity, enrollment, now=now, around=around) for activity in enrollment.activities]
    start, home = from_datetime(enrollment.start), zone_named(enrollment.zone)
    scale = scale_of([start, *_instants(lanes)])
    behind = _Backdrops(around.sequence, scale)
    indices = [behind.index(activity) for activity in enrollment.activities]
    ticks, contexts = axis(scale, home)
    return Timeline(
        key=enrollment.key,
        title=f"{enrollment.sequence} for {enrollment.record.label}",
        zone=enrollment.zone,
        started=spoken_in(enrollment.zone, enrollment.start),
        as_of=spoken_in(enrollment.zone, now),
        start=start,
        now=from_datetime(now),
        scale=scale,
        by_day=behind.by_day,
        ticks=ticks,
        contexts=contexts,
        lanes=tuple(replace(lane, backdrop=index) for lane, index in zip(lanes, indices, strict=True)),
        backdrops=tuple(behind.found),
        notes=tuple(sorted(_notes(enrollment, around, behind, scale), key=lambda note: note.first)),
    )


def _instants(lanes: Iterable[Lane]) -> Iterator[int]:
    for lane in lanes:
        yield from (at for at in (lane.anchor, lane.due, lane.left) if at is not None)
        yield from (at for move in lane.moves for at in (move.first, move.last))


def _notes(enrollment: EnrollmentPlan, around: Surroundings, behind: _Backdrops, scale: Scale) -> Iterator[Note]:
    home = zone_named(enrollment.zone)
    assigned = {activity.assignee.id for activity in enrollment.activities if activity.assignee}
    yield from closed_notes(behind.calendars, home, scale)
    yield from leave_notes([person for person in around.team if person.id in assigned], home, scale)
    yield from clock_notes(dict.fromkeys([home, *behind.zones]), scale)


class _Backdrops:
    """The backdrops that lanes share, each found once: those of one table are equal."""

    def __init__(self, sequence: Sequence | None, scale: Scale) -> None:
        steps = compile_sequence(sequence).steps if sequence else ()
        self._steps = {compiled.step.id: compiled for compiled in steps}
        self._scale = scale
        self._indices: dict[tuple[OpenTable | None, Zone], int] = {}
        self.by_day = scale.span > _HOURS_UP_TO
        self.found: list[Backdrop] = []
        self.calendars: dict[BusinessCalendar, None] = {}

    @property
    def zones(self) -> list[Zone]:
        """The zones of all lanes."""
        return [zone for _, zone in self._indices]

    def index(self, activity: Activity) -> int:
        """Return the place of the activity's backdrop in `found`."""
        compiled, zone = self._steps.get(activity.step), zone_named(activity.zone)
        if compiled is not None and compiled.calendar is not None:
            self.calendars[compiled.calendar] = None
        table = window_of(compiled, zone).table if compiled else None
        if (table, zone) not in self._indices:
            self._indices[table, zone] = len(self.found)
            self.found.append(backdrop(table, zone, self._scale, by_day=self.by_day))
        return self._indices[table, zone]

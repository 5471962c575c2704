"""The values that a picture is drawn from. Instants are UTC seconds since 1970, intervals `[from, to)`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from cadence.model.plan import Action, Why
    from cadence.timeline.scale import Scale
    from cadence.timeline.ticks import Tick
    from cadence.timing.hours import Interval

__all__ = ["Backdrop", "Lane", "Move", "Note", "NoteKind", "Status", "Timeline"]


_APART = 0.015


class Status(StrEnum):
    """How an activity stands; each has a shape of its own."""

    PLANNED = "planned"
    SCHEDULED = "scheduled"
    OVERDUE = "not done"
    DONE = "done"
    IN_DOUBT = "in doubt"
    PARKED = "parked"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    ESTIMATE = "estimate"


class NoteKind(StrEnum):
    """What is marked along the axis."""

    CLOSED = "closed"
    LEAVE = "leave"
    CLOCKS = "clocks"


@dataclass(frozen=True, slots=True)
class Move:
    """One rule that moved a due, and its reason."""

    first: int
    last: int
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that deserves a mark on the axis: a closed date, somebody's leave, a clock change."""

    kind: NoteKind
    first: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What is closed behind a lane, and where clocks change in its zone."""

    closed: tuple[Interval, ...] = ()
    clock_changes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """One activity: where it counts from, where that led, what moved it, where it stands.

    `said` is the due as the terminal says it, `elsewhere` the same on the viewer's clocks where they differ, `zone`
    the step's own where it is not the record's. `left` is a due that it no longer has: before a move, or before a
    person moved it in the CRM, which is `drift`. A date is drawn at the due's time of day.
    """

    name: str
    title: str
    what: str
    who: str
    action: Action
    status: Status
    due: int | None
    said: str
    elsewhere: str
    universal: str
    zone: str
    note: str = ""
    anchor: int | None = None
    moves: tuple[Move, ...] = ()
    left: int | None = None
    drift: bool = False
    reasons: tuple[str, ...] = ()
    why: tuple[Why, ...] = ()
    leave: tuple[Interval, ...] = ()
    backdrop: int = 0

    @property
    def raw(self) -> int | None:
        """Where the offset alone led."""
        return self.moves[0].first if self.moves else self.due


@dataclass(frozen=True, slots=True)
class Timeline:
    """One enrollment as a picture. `by_day`: whole closed days are shaded, else closed hours."""

    key: str
    title: str
    zone: str
    started: str
    as_of: str
    start: int
    now: int
    scale: Scale
    by_day: bool
    ticks: tuple[Tick, ...]
    contexts: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    backdrops: tuple[Backdrop, ...]
    notes: tuple[Note, ...] = ()

    @property
    def shows_now(self) -> bool:
        """Whether now has a mark of its own: it is drawn, and the start's is not there already."""
        apart = abs(self.scale.part(self.now) - self.scale.part(self.start))
        return self.scale.shows(self.now) and apart > _APART

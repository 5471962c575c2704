"""What a due counts from: start, another step, a record's field, a param (step 1 of docs/explanation/plan.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.entry import State
from cadence.model.sequence import AnchorKind
from cadence.planning.fields import find_field, missing_field
from cadence.planning.point import Point, point_at, read_point
from cadence.planning.problem import Problem
from cadence.timing.instants import from_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.people import Record
    from cadence.model.sequence import Anchor
    from cadence.planning.draft import Draft
    from cadence.timing.zones import Zone

__all__ = ["Anchors", "Found", "waits_for"]

_EXAMPLE = "2027-03-31"


class Found(NamedTuple):
    """The anchor's point, what to say of it, and for whose completion it waits, if for any."""

    point: Point
    words: str
    waits: str | None = None


class Anchors:
    """The anchors of one record. Each step adds its last occurrence to `drafts` as it is computed."""

    __slots__ = ("_params", "_record", "_start", "drafts")

    def __init__(self, record: Record, *, start: int, params: Mapping[str, Any]) -> None:
        self._record = record
        self._start = start
        self._params = params
        self.drafts: dict[str, Draft | None] = {}

    def find(self, anchor: Anchor, zone: Zone) -> Found | None:
        """Return the anchor in *zone*; None where the step it names could not be computed. Raises Problem."""
        match anchor.kind:
            case AnchorKind.START:
                return Found(point_at(self._start, zone), "start")
            case AnchorKind.STEP | AnchorKind.COMPLETION:
                draft = self.drafts[anchor.name]
                return None if draft is None else _of_step(anchor, draft, zone)
            case AnchorKind.RECORD:
                return self._of_record(anchor, zone)
            case AnchorKind.PARAM:
                return self._of_param(anchor, zone)

    def _of_record(self, anchor: Anchor, zone: Zone) -> Found:
        value = find_field(self._record, anchor.name)
        if value is None:
            raise missing_field(self._record, anchor.name, expected="a date to count from", example=_EXAMPLE)
        hint = f"give it as --field {anchor.name}={_EXAMPLE}"
        return Found(_read(value, zone, f"the field '{anchor.name}'", hint), f"{anchor} is {value}")

    def _of_param(self, anchor: Anchor, zone: Zone) -> Found:
        value, hint = self._params.get(anchor.name), f"give it as --param {anchor.name}={_EXAMPLE}"
        if value is None:
            raise Problem("missing-param", f"param '{anchor.name}' has no value, expected a date", hint=hint)
        return Found(_read(value, zone, f"param '{anchor.name}'", hint), f"{anchor} is {value}")


def waits_for(anchor: Anchor) -> str:
    """Return what is said of a due that counts from a completion yet to come."""
    return f"waits for the completion of {anchor.name}"


def _of_step(anchor: Anchor, draft: Draft, zone: Zone) -> Found:
    entry = draft.entry
    if not draft.has_due:
        message = f"counts from '{anchor.name}', which is skipped and has no due"
        raise Problem("no-anchor", message, hint="give this step the same condition, or another anchor")
    if anchor.kind is AnchorKind.COMPLETION and entry is not None and entry.state is State.COMPLETED:
        done = entry.completed_at or entry.due_at
        return Found(point_at(from_datetime(done), zone), f"{anchor.name} was completed")
    words = f"the due of {anchor.name}"
    if draft.skipped is not None:
        words = f"the due that {anchor.name} would have had"
    elif anchor.kind is AnchorKind.COMPLETION:
        return Found(
            point_at(draft.utc, zone),
            f"{words}, until it is completed",
            waits=waits_for(anchor),
        )
    return Found(point_at(draft.utc, zone), words, waits=draft.waits)


def _read(value: Any, zone: Zone, what: str, hint: str) -> Point:
    point = read_point(value, zone)
    if point is None:
        raise Problem("not-a-date", f"{what} is '{value}', expected a date or a date and time", hint=hint)
    return point

"""A Sequence made of the parts of its file, once nothing in them is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.model.sequence import (
    Enroll,
    EnrollPolicy,
    IfPast,
    OnError,
    Outside,
    Param,
    ParamType,
    Rules,
    Sequence,
    Step,
    Variant,
)
from cadence.sequence.compound import Parts
from cadence.sequence.digest import digest
from cadence.sequence.hours import ANY
from cadence.timing.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["assemble"]

_ZONES = ("record.timezone", "assignee.timezone", "business.timezone")


def assemble(parts: Parts, *, path: str) -> Sequence:
    """Return the sequence. Its calendars have been resolved, and nothing was found wrong with it."""
    zones = parts.get("timezone", _ZONES)
    conditions = parts.get("exit_when", ())
    sequence = Sequence(
        name=parts["sequence"],
        steps=tuple(_step(step, parts) for step in parts["steps"]),
        title=parts.get("title", ""),
        object=parts.get("object", "client_client"),
        timezone=(zones,) if isinstance(zones, str) else zones,
        calendar=parts.get("calendar"),
        enroll=_enroll(parts.get("enroll", EnrollPolicy.ONCE)),
        assign=parts.get("assign"),
        params=tuple(_param(name, given) for name, given in parts.get("params", {}).items()),
        exit_when=conditions if isinstance(conditions, tuple) else (conditions,),
        rules=parts.get("rules", Rules()),
        variants=tuple(Variant(name, weight) for name, weight in parts.get("variants", {}).items()),
        on_error=parts.get("on_error", OnError.STOP),
        path=path,
    )
    return replace(sequence, digest=digest(sequence))


def _enroll(given: Any) -> Enroll:
    if isinstance(given, Parts):
        return Enroll(given["policy"], given.get("cooldown"))
    return Enroll(given)


def _param(name: str, given: Any) -> Param:
    if not isinstance(given, Parts):
        return Param(name, ParamType(given))
    return Param(
        name,
        given.get("type", ParamType.STRING),
        required=given.get("required", False),
        default=given.get("default"),
        choices=given.get("choices", ()),
        description=given.get("description", ""),
    )


def _step(parts: Parts, whole: Parts) -> Step:
    inherited = _inherited(parts, whole)
    window = inherited("window", None)
    return Step(
        id=parts["id"],
        activity=parts["activity"],
        due=parts["due"],
        title=parts.get("title", ""),
        assign=parts.get("assign"),
        condition=parts.get("if"),
        note=parts.get("note"),
        calendar=parts.get("calendar"),
        window=None if window == ANY else window,
        any_time=window == ANY,
        roll=parts.get("roll"),
        outside=inherited("outside", Outside.SHIFT),
        policy=inherited("clock_change", Policy.COMPATIBLE),
        eom=parts.get("eom", False),
        count_from=parts.get("from", "count"),
        land=parts.get("land", "close"),
        clocks=inherited("clocks", ("record",)),
        not_before=parts.get("not_before"),
        not_after=parts.get("not_after"),
        if_past=inherited("if_past", IfPast.FAIL),
        repeat=parts.get("repeat"),
        timeout=parts.get("timeout"),
        notify=parts.get("notify", ()),
        mentions=parts.get("mentions", ()),
        notify_mentioned=parts.get("notify_mentioned", False),
        associate=parts.get("associate", ()),
        variant=parts.get("variant"),
        moved_from=parts.get("moved_from"),
        on_error=parts.get("on_error"),
        place=parts.node.place,
    )


def _inherited(parts: Parts, whole: Parts) -> Callable[[str, Any], Any]:
    """Return how to get what the step says, else what the sequence says for all of its steps."""
    return lambda key, default: parts.get(key, whole.get(key, default))

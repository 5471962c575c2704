"""What a sequence's parts look like to the checks: its steps, their dues, and every name that is read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.sequence import Anchor, AnchorKind, Assign, AssignKind, Due, Expression, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.diagnostics import Place
    from cadence.sequence.compound import Parts

__all__ = ["DUES", "Outline", "Reading"]

DUES = ("due", "not_before", "not_after")


class Reading(NamedTuple):
    """A dotted name that is read somewhere, such as record.seats or param.csm."""

    name: str
    key: str
    place: Place


class Outline:
    """The parts of a sequence, as far as they could be read."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.steps: tuple[Parts, ...] = parts.get("steps", ())

    @cached_property
    def ids(self) -> dict[str, Parts]:
        """The steps by id; of two with the same id the first."""
        ids: dict[str, Parts] = {}
        for step in self.steps:
            if "id" in step:
                ids.setdefault(step["id"], step)
        return ids

    def dues(self, step: Parts) -> Iterator[tuple[str, Due]]:
        """Yield the due and the bounds of *step* under their keys."""
        return ((key, step[key]) for key in DUES if key in step)

    def inherited(self, step: Parts, key: str) -> Any:
        """Return what the step says, else what the sequence says."""
        return step.get(key, self.parts.get(key))

    def expressions(self) -> Iterator[tuple[str, Parts, Expression]]:
        """Yield every condition with its key and the mapping it stands in."""
        conditions = self.parts.get("exit_when", ())
        for condition in conditions if isinstance(conditions, tuple) else (conditions,):
            yield "exit_when", self.parts, condition
        yield from (("if", step, step["if"]) for step in self.steps if "if" in step)

    def readings(self) -> Iterator[Reading]:
        """Yield every name that is read, wherever it stands."""
        for key, parts, expression in self.expressions():
            yield from _names(key, parts, expression)
        for step in self.steps:
            if "note" in step:
                yield from _names("note", step, step["note"])
            yield from self._anchors(step)
        for parts in (self.parts, *self.steps):
            if "assign" in parts:
                yield from _assigned(parts, parts["assign"])
            yield from _places(parts)

    def _anchors(self, step: Parts) -> Iterator[Reading]:
        for key, due in self.dues(step):
            if due.anchor.kind in {AnchorKind.RECORD, AnchorKind.PARAM}:
                yield Reading(str(due.anchor), key, anchor_place(step, key, due.anchor))


def anchor_place(step: Parts, key: str, anchor: Anchor) -> Place:
    """Return where the anchor's name stands."""
    return step.word_place(key, str(anchor) if anchor.kind in {AnchorKind.RECORD, AnchorKind.PARAM} else anchor.name)


def _names(key: str, parts: Parts, source: Expression | Template) -> Iterator[Reading]:
    for name in source.names:
        bare = name.removeprefix("param.")
        place = parts.word_place(key, name if name in source.source else bare)
        yield Reading(name, key, place)


def _assigned(parts: Parts, assign: Assign) -> Iterator[Reading]:
    root = {AssignKind.FIELD: "record", AssignKind.PARAM: "param"}.get(assign.kind)
    if root:
        yield Reading(f"{root}.{assign.value}", "assign", parts.word_place("assign", assign.value))
    for other in (assign.cover, assign.otherwise):
        if other is not None:
            yield from _assigned(parts, other)


def _places(parts: Parts) -> Iterator[Reading]:
    """Yield the record fields that `timezone` and `associate` name."""
    zones = parts.get("timezone", ())
    named = [("timezone", zone) for zone in ((zones,) if isinstance(zones, str) else zones)]
    named += [("associate", record) for _, record in parts.get("associate", ())]
    for key, name in named:
        if name.startswith("record."):
            yield Reading(name, key, parts.word_place(key, name))

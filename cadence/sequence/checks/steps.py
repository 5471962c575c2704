"""Checks of how steps refer to one another: ids, anchors, cycles, former ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.diagnostics import did_you_mean
from cadence.model.sequence import AnchorKind
from cadence.sequence.checks.outline import Outline, anchor_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.diagnostics.collector import Collector
    from cadence.model.sequence import Anchor
    from cadence.sequence.compound import Parts

__all__ = ["check_steps"]

_ON_STEPS = frozenset({AnchorKind.STEP, AnchorKind.COMPLETION})


def check_steps(outline: Outline, found: Collector) -> None:
    """Report ids that clash, references to steps that are not there, and steps that wait for one another."""
    _check_ids(outline, found)
    _check_references(outline, found)
    _check_cycles(outline, found)
    _check_former_ids(outline, found)


def _check_ids(outline: Outline, found: Collector) -> None:
    for step in outline.steps:
        if "id" in step and outline.ids[step["id"]] is not step:
            first = outline.ids[step["id"]].place("id").line
            message = f"step id '{step['id']}' is used twice, first on line {first}"
            found.error("duplicate-id", message, step.place("id"), "give each step an id of its own")


def _check_references(outline: Outline, found: Collector) -> None:
    for step in outline.steps:
        for key, due in outline.dues(step):
            if due.anchor.kind in _ON_STEPS and due.anchor.name not in outline.ids:
                _unknown_step(due.anchor.name, key, step, outline, found)
    for key, parts, expression in outline.expressions():
        for name in expression.steps:
            if name not in outline.ids:
                _unknown_step(name, key, parts, outline, found)


def _unknown_step(name: str, key: str, parts: Parts, outline: Outline, found: Collector) -> None:
    renamed = next((step["id"] for step in outline.steps if step.get("moved_from") == name and "id" in step), None)
    hint = f"it is '{renamed}' now" if renamed else did_you_mean(name, [*outline.ids, "start"])
    found.error("unknown-step", f"unknown step '{name}' in {key}", parts.word_place(key, name), hint)


def _check_cycles(outline: Outline, found: Collector) -> None:
    done: set[str] = set()
    for name in outline.ids:
        cycle = _cycle_from(name, outline, done)
        if cycle:
            step = outline.ids[cycle[0]]
            key, anchor = next((key, anchor) for key, anchor in _anchors(outline, step) if anchor.name == cycle[1])
            found.error(
                "anchor-cycle",
                _cycle_message(cycle),
                anchor_place(step, key, anchor),
                "let one of them count from start",
            )


def _cycle_message(cycle: list[str]) -> str:
    if len(cycle) == 2:  # noqa: PLR2004 - the step and the step again
        return f"step '{cycle[0]}' counts from itself"
    return f"steps count from one another in a circle: {' -> '.join(cycle)}"


def _anchors(outline: Outline, step: Parts) -> Iterator[tuple[str, Anchor]]:
    return ((key, due.anchor) for key, due in outline.dues(step) if due.anchor.kind in _ON_STEPS)


def _cycle_from(start: str, outline: Outline, done: set[str]) -> list[str] | None:
    """Return the first circle reached from *start* over steps that were not *done*, its first step at both ends."""
    path: list[str] = []
    stack = [(start, False)]
    while stack:
        name, leaving = stack.pop()
        if leaving:
            done.add(path.pop())
        elif name in path:
            done.update(path)
            return [*path[path.index(name) :], name]
        elif name in outline.ids and name not in done:
            path.append(name)
            stack.append((name, True))
            stack.extend((anchor.name, False) for _, anchor in _anchors(outline, outline.ids[name]))
    return None


def _check_former_ids(outline: Outline, found: Collector) -> None:
    former: dict[str, str] = {}
    for step in outline.steps:
        old = step.get("moved_from")
        if old is None or "id" not in step:
            continue
        taken = old if old in outline.ids else former.get(old)
        if taken is not None:
            what = "is a step of its own" if taken == old else f"has become '{taken}' already"
            message = f"step '{step['id']}' is moved from '{old}', which {what}"
            found.error("moved-from-conflict", message, step.place("moved_from"), "name the id that is gone")
        former.setdefault(old, step["id"])

"""What deserves a look in a sequence before any record is planned: steps that nobody gets or that nobody reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import CadenceError
from cadence.model.sequence import AssignKind
from cadence.planning.problem import note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.diagnostics import Finding
    from cadence.model.sequence import Assign, Expression, Rules, Sequence, Step

__all__ = ["lint_rules", "lint_sequence"]


def lint_sequence(sequence: Sequence) -> tuple[Finding, ...]:
    """Return the warnings and notes that hold for every record."""
    return (*_unassigned(sequence), *_unreachable(sequence), *_uncounted(sequence), *lint_rules(sequence.rules))


def lint_rules(rules: Rules) -> tuple[Finding, ...]:
    """Return what the rules cannot do."""
    if rules.max_per_day is None or rules.max_per_day.per != "assignee":
        return ()
    message = "max_per_day per assignee counts the activities of this plan, not what the account holds already"
    return (note("load-not-counted", message, hint="leave room for those, or plan all records at once"),)


def _unassigned(sequence: Sequence) -> Iterator[Finding]:
    for step in sequence.steps:
        if step.assign is None and sequence.assign is None:
            message = f"step '{step.id}' is assigned to nobody, so no employee is sent"
            hint = "add 'assign: {owner: true}' to it, or to the sequence"
            yield warning("no-assign", message, place=step.place, hint=hint)


def _unreachable(sequence: Sequence) -> Iterator[Finding]:
    for exit_when in sequence.exit_when:
        if _always(exit_when) is True:
            message = f"no step is reached, '{exit_when.source}' in exit_when always holds"
            yield warning("unreachable-step", message, place=exit_when.place, hint="name what the exit depends on")
    for step in sequence.steps:
        why = _why_unreachable(step, sequence)
        if why is not None:
            yield warning("unreachable-step", f"step '{step.id}' is never reached, {why}", place=step.place, hint=_HINT)


_HINT = "remove it, or change what keeps it out"


def _why_unreachable(step: Step, sequence: Sequence) -> str | None:
    if any(variant.name == step.variant and not variant.weight for variant in sequence.variants):
        return f"its variant '{step.variant}' has weight 0"
    if step.condition is not None and _always(step.condition) is False:
        return f"its condition never holds: {step.condition.source}"
    return None


def _always(expression: Expression) -> bool | None:
    """Return the truth of an expression that reads nothing and calls nothing, None for any other."""
    from cadence.sequence.expression import compile_expression  # noqa: PLC0415 - only where there is one

    if expression.names or expression.steps or "(" in expression.source:
        return None
    try:
        return bool(compile_expression(expression)({}))
    except CadenceError:
        return None


def _uncounted(sequence: Sequence) -> Iterator[Finding]:
    for assign in dict.fromkeys(each for each in (sequence.assign, *(s.assign for s in sequence.steps)) if each):
        if any(each.kind is AssignKind.LEAST_LOADED for each in _chain(assign)):
            message = "least_loaded counts the activities of this plan, not what the account holds already"
            yield note("load-not-counted", message, place=assign.place, hint="round_robin goes on from plan to plan")


def _chain(assign: Assign | None) -> Iterator[Assign]:
    if assign is not None:
        yield assign
        yield from _chain(assign.cover)
        yield from _chain(assign.otherwise)

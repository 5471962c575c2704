"""Whether a record leaves the sequence already, by what is known of it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.sequence import Sequence

__all__ = ["exit_of"]


def exit_of(sequence: Sequence, names: Mapping[str, Any]) -> str | None:
    """Return the first condition of `exit_when` that holds with *names*, None where none does.

    One that asks for completions waits for them; one that names a field which the record does not have does not hold.
    """
    from cadence.sequence.expression import compile_expression  # noqa: PLC0415 - only where a sequence has exits

    for condition in sequence.exit_when:
        if condition.steps:
            continue
        try:
            if compile_expression(condition)(names):
                return condition.source
        except PlanError:
            continue
    return None

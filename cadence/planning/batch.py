"""Plans of many records, some hundred at a time: turns and loads go on from one batch to the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.errors import PlanError
from cadence.model.plan import Plan
from cadence.planning.assignment import Turns
from cadence.planning.compiled import compile_sequence
from cadence.planning.load import heavy_days_of
from cadence.planning.outlook import lint_rules
from cadence.planning.record import plan_one
from cadence.planning.subject import Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from cadence.diagnostics import Finding
    from cadence.model.people import Directory, Record
    from cadence.model.plan import EnrollmentPlan
    from cadence.model.sequence import Rules, Sequence
    from cadence.planning.record import Planned
    from cadence.planning.subject import Request

__all__ = ["BatchPlanner"]


class _CountsAbove(defaultdict[tuple[str, int], int]):
    """Counts that go on from those *below* and leave them as they are."""

    def __init__(self, below: Mapping[tuple[str, int], int]) -> None:
        super().__init__(int)
        self._below = below

    def __missing__(self, key: tuple[str, int]) -> int:
        value = self[key] = self._below.get(key, 0)
        return value


class BatchPlanner:
    """Plans one record after the other; one that cannot be planned uses up nobody's turn, and fills nobody's day."""

    def __init__(
        self,
        sequence: Sequence,
        *,
        now: datetime,
        directory: Directory,
        rules: Rules,
        marked: bool = True,
        cursors: Mapping[str, int] | None = None,
    ) -> None:
        self._sequence = sequence
        self._rules = rules
        self._shared = Shared(now, directory, rules, marked=marked, turns=Turns(dict(cursors or {})))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What deserves a look in the sequence and, by all that was planned so far, in people's days."""
        shared = self._shared
        compiled = compile_sequence(self._sequence)
        return (*compiled.findings, *lint_rules(self._rules), *heavy_days_of(shared.directory.team, shared.busy))

    def turn_to(self, now: datetime) -> None:
        """Let the next records be planned as of *now*."""
        self._shared = replace(self._shared, now=now.replace(microsecond=0))

    def plan_one(self, record: Record, request: Request) -> Planned:
        """Return the plan of one record. Raises PlanError with everything that stands in its way."""
        shared, turns, busy = self._shared, self._shared.turns, self._shared.busy
        cursors, load = dict(turns.cursors), turns.load.copy()
        shared.busy = _CountsAbove(busy)
        try:
            planned = plan_one(self._sequence, record, shared=shared, request=request)
            busy.update(shared.busy)
        except PlanError:
            turns.cursors, turns.load = cursors, load
            raise
        finally:
            shared.busy = busy
        return planned

    def together(self, enrollments: Iterable[EnrollmentPlan]) -> Plan:
        """Return the plan of several, with the turns as they stand; it is for now, and does not expire."""
        shared = self._shared
        return Plan(
            now=shared.now,
            versions=dict(compile_sequence(self._sequence).versions),
            enrollments=tuple(enrollments),
            target=shared.directory.target,
            cursors=dict(shared.turns.cursors),
        )

"""A plan for many records: one after the other, so that turns and loads go on from record to record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.errors import PlanError
from cadence.model.entry import History
from cadence.model.people import Directory
from cadence.model.plan import Plan
from cadence.model.sequence import Rules
from cadence.planning.assignment import Turns
from cadence.planning.compiled import compile_sequence
from cadence.planning.load import heavy_days
from cadence.planning.outlook import lint_rules
from cadence.planning.record import plan_one
from cadence.planning.subject import Request, Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from cadence.diagnostics import Finding
    from cadence.model.people import Record
    from cadence.model.sequence import Sequence
    from cadence.planning.record import Planned

__all__ = ["EXPIRES_AFTER", "NO_DIRECTORY", "make_plan"]

EXPIRES_AFTER = timedelta(hours=24)
NO_DIRECTORY = Directory()
"""Of a plan for which nothing was read of any account."""

_NO_HISTORY = History()
_NO_RULES = Rules()


def make_plan(  # noqa: PLR0913 - what a plan depends on
    sequence: Sequence,
    records: Iterable[Record],
    *,
    now: datetime,
    start: datetime | date | None = None,
    params: Mapping[str, Any] | None = None,
    directory: Directory = NO_DIRECTORY,
    histories: Mapping[str, History] | None = None,
    cursors: Mapping[str, int] | None = None,
    rules: Rules = _NO_RULES,
    force: bool = False,
    marked: bool = True,
    expires_after: timedelta | None = EXPIRES_AFTER,
) -> Plan:
    """Return the plan of *sequence* for all *records*, in their order.

    *histories* are by record id, None where no ledger was read. *cursors* are the pools' turns, by default those that
    the histories hold. Without *expires_after* the plan never expires. Raises PlanError with everything that stands in
    the way of any record.
    """
    known = histories or {}
    now = now.replace(microsecond=0) if now.microsecond else now
    turns = Turns(dict(cursors) if cursors is not None else _cursors(known))
    shared = Shared(now, directory, rules, force, marked, turns, knows_ledger=histories is not None)
    planned: list[Planned] = []
    failures: list[PlanError] = []
    for record in records:
        request = Request(start, params, known.get(record.id, _NO_HISTORY))
        try:
            planned.append(plan_one(sequence, record, shared=shared, request=request))
        except PlanError as error:
            failures.append(error)
    if failures:
        raise _together(failures)
    compiled = compile_sequence(sequence)
    enrollments = tuple([each.enrollment for each in planned])
    return Plan(
        now=now,
        versions=dict(compiled.versions),
        enrollments=enrollments,
        target=directory.target,
        expires_at=None if expires_after is None else now + expires_after,
        cursors=dict(turns.cursors),
        findings=(
            *compiled.findings,
            *lint_rules(rules),
            *_distinct([finding for each in planned for finding in each.findings]),
            *heavy_days(enrollments, shared.busy),
        ),
    )


def _cursors(histories: Mapping[str, History]) -> dict[str, int]:
    """Return the furthest turn of each pool."""
    furthest: dict[str, int] = {}
    for history in histories.values():
        for pool, turn in history.cursors.items():
            furthest[pool] = max(turn, furthest.get(pool, 0))
    return furthest


def _together(failures: list[PlanError]) -> PlanError:
    if len(failures) == 1:
        return failures[0]
    findings: list[Finding] = [finding for failure in failures for finding in failure.findings]
    lines = "".join(f"\n  {failure}" for failure in failures)
    return PlanError(f"{len(failures)} records cannot be planned:{lines}", findings=findings)


def _distinct(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings)) if len(findings) > 1 else tuple(findings)

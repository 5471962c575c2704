"""Rows made into plans, some hundred at a time; a row of which nothing comes stops no other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.engine.binding import unknown_references
from cadence.engine.fields import ad_hoc_record, overridden
from cadence.engine.knowledge import absent
from cadence.engine.seen import Seen
from cadence.engine.sources import slices
from cadence.engine.storable import storable
from cadence.engine.wanted import Untaken, Wanted
from cadence.engine.when import parse_moment_or_local, parse_when
from cadence.errors import CalendarError, PlanError, TargetError
from cadence.model.entry import History
from cadence.planning.params import unusable_params
from cadence.planning.subject import Request
from cadence.planning.zones import zone_name_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

    from cadence.clock import Clock
    from cadence.config import TargetSettings
    from cadence.diagnostics import Finding
    from cadence.engine.lookups import Finder, Found
    from cadence.engine.sources import Source
    from cadence.engine.wanted import Details
    from cadence.errors import CadenceError
    from cadence.model.people import Directory, Record
    from cadence.model.plan import EnrollmentPlan, Plan
    from cadence.model.sequence import Sequence as StepSequence
    from cadence.planning.batch import BatchPlanner

    Histories = Callable[[Sequence[str]], Mapping[str, History]]

__all__ = ["SIZE", "Batch", "Batches", "Defaults", "Taken", "check_params", "checked", "one_ahead", "row_error"]

SIZE = 200
_MOST_FINDINGS = 20
_NO_HISTORY = History()


class Taken(NamedTuple):
    """A row and the plan that came of it; `is_known` is whether the target has the record already."""

    row: int
    reference: str
    enrollment: EnrollmentPlan
    is_known: bool


class Batch(NamedTuple):
    """One plan for some rows, and the rows that are not in it."""

    plan: Plan
    taken: tuple[Taken, ...]
    untaken: tuple[Untaken, ...]

    @property
    def rows(self) -> int:
        """How many rows that is."""
        return len(self.taken) + len(self.untaken)


class Defaults(NamedTuple):
    """What holds for every row that does not say otherwise; without `now` a batch is planned as of its own moment."""

    fields: Mapping[str, Any]
    params: Mapping[str, Any]
    start: str | datetime | None = None
    now: str | datetime | None = None


class _Known(NamedTuple):
    """A row, its record and what it says of it."""

    wanted: Wanted
    record: Record
    details: Details
    is_known: bool


@dataclass(slots=True, kw_only=True)
class Batches:
    """Plans the rows of `source`. `findings` are what deserves a look in the records, each once and the first of them.

    `find` and `histories` read the target's records and what the ledger holds for them, by entity id.
    """

    source: Source
    sequence: StepSequence
    defaults: Defaults
    planner: BatchPlanner
    directory: Directory
    target: TargetSettings
    find: Finder
    histories: Histories
    clock: Clock
    findings: dict[Finding, None] = field(default_factory=dict)

    async def planned(self) -> AsyncGenerator[Batch, None]:
        """Yield the batches. Raises PlanError for a file that breaks off, TargetError where no record can be read."""
        with Seen() as seen:
            async for wanted, untaken in checked(self.source, seen):
                known = await self._known(wanted, untaken)
                known = _firsts(known, [each.record.entity_id for each in known], seen, untaken)
                yield await self._batch(known, untaken)

    async def _known(self, wanted: Sequence[Wanted], untaken: list[Untaken]) -> list[_Known]:
        """Return the rows with their records; a row without one goes to *untaken*."""
        found = await self.find(self.sequence.object, [each.reference for each in wanted])
        known = []
        for each in wanted:
            try:
                known.append(self._with_record(each, found[each.reference]))
            except (PlanError, TargetError) as error:
                untaken.append(row_error(each.row, each.reference, error))
        return known

    def _with_record(self, wanted: Wanted, found: Found) -> _Known:
        if isinstance(found, TargetError):
            raise found
        details = wanted.details()
        fields = {**self.defaults.fields, **details.fields}
        if found is not None:
            return _Known(wanted, overridden(found, fields), details, is_known=True)
        if not fields or not self.target.is_local:
            raise absent(wanted.reference, self.target)
        record = ad_hoc_record(wanted.reference, fields, object_name=self.sequence.object)
        storable(record.fields)  # what is planned as it stands can be stored
        return _Known(wanted, record, details, is_known=False)

    async def _batch(self, known: Sequence[_Known], untaken: list[Untaken]) -> Batch:
        histories = await asyncio.to_thread(self.histories, [each.record.entity_id for each in known])
        self.planner.turn_to(self.clock.now())
        taken = []
        for each in known:
            await asyncio.sleep(0)  # what is being sent meanwhile goes on
            try:
                taken.append(self._taken(each, histories.get(each.record.entity_id, _NO_HISTORY)))
            except (PlanError, CalendarError) as error:
                untaken.append(row_error(each.wanted.row, each.wanted.reference, error))
        plan = self.planner.together(each.enrollment for each in taken)
        return Batch(plan, tuple(taken), tuple(sorted(untaken)))

    def _taken(self, known: _Known, history: History) -> Taken:
        record, details = known.record, known.details
        if self.defaults.now is not None:
            self.planner.turn_to(self._now(record))
        request = Request(
            _start(self.defaults.start if details.start is None else details.start),
            {**self.defaults.params, **details.params},
            history,
        )
        planned = self.planner.plan_one(record, request)
        self._refuse_unknown(planned.enrollment)
        self._keep(planned.findings)
        return Taken(known.wanted.row, known.wanted.reference, planned.enrollment, known.is_known)

    def _now(self, record: Record) -> datetime:
        assert self.defaults.now is not None  # noqa: S101 - asked before
        return parse_when(
            self.defaults.now,
            "--now",
            zone_name=lambda: zone_name_of(self.sequence, record, directory=self.directory),
        )

    def _refuse_unknown(self, enrollment: EnrollmentPlan) -> None:
        findings = unknown_references(self.planner.together([enrollment]), self.directory)
        if findings and self.directory.activity_types:
            raise PlanError("; ".join(finding.message for finding in findings), hint=findings[0].hint)

    def _keep(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if len(self.findings) < _MOST_FINDINGS:
                self.findings.setdefault(finding)


async def checked(source: Source, seen: Seen) -> AsyncIterator[tuple[list[Wanted], list[Untaken]]]:
    """Yield the rows of *source*, some hundred at a time: those that name a record first, and those of no use."""
    async for items in slices(source, SIZE):
        untaken = [each for each in items if isinstance(each, Untaken)]
        wanted = [each for each in items if isinstance(each, Wanted)]
        yield _firsts(wanted, [_folded(each.reference) for each in wanted], seen, untaken), untaken


async def one_ahead(batches: AsyncGenerator[Batch, None]) -> AsyncGenerator[Batch, None]:
    """Yield the same, each while the next one is made ready; what fails then is raised in its turn."""
    coming = asyncio.ensure_future(anext(batches, None))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.ensure_future(anext(batches, None))
            yield batch
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await batches.aclose()


def check_params(sequence: StepSequence, source: Source, params: Mapping[str, Any], *, directory: Directory) -> None:
    """Raise PlanError for params that are wrong for every row: unknown, unusable, or required and given nowhere."""
    by_row = source.params if source.params is not None else tuple(param.name for param in sequence.params)
    missing = [name for name in by_row if name not in {param.name for param in sequence.params}]
    rest = replace(sequence, params=tuple(p for p in sequence.params if p.name in params or p.name not in by_row))
    given = {**dict.fromkeys(missing), **params}
    problems = [*unusable_params(rest, given, directory=directory)]
    if problems:
        raise PlanError(
            f"sequence '{sequence.name}': " + "; ".join(problem.message for problem in problems), hint=problems[0].hint
        )


def row_error(row: int, reference: str, error: CadenceError) -> Untaken:
    """Return what becomes of a row for which *error* was raised, in one line."""
    if isinstance(error, PlanError) and error.findings:
        return Untaken(row, reference, "; ".join(_in_words(error.findings)))
    return Untaken(row, reference, str(error).replace("\n", " "))


def _in_words(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the messages, and each hint once, after the last message that it is for."""
    of_hint: dict[str | None, list[str]] = {}
    for finding in findings:
        of_hint.setdefault(finding.hint, []).append(finding.message)
    for hint, messages in of_hint.items():
        yield from (*messages, hint) if hint else messages


def _firsts(rows: Sequence[Any], names: Sequence[str], seen: Seen, untaken: list[Untaken]) -> list[Any]:
    """Return the rows whose record was not named before; the others go to *untaken*."""
    wanted = [getattr(row, "wanted", row) for row in rows]
    before = seen.first_rows(names, [each.row for each in wanted])
    untaken += [
        Untaken(each.row, each.reference, f"the record is named before, in row {before[each.row]}")
        for each in wanted
        if each.row in before
    ]
    return [row for row, each in zip(rows, wanted, strict=True) if each.row not in before]


def _folded(reference: str) -> str:
    """Return what two names of one record have in common: the case of an email does not count."""
    return reference.casefold() if "@" in reference else reference


def _start(value: object) -> datetime | date | None:
    match value:
        case None:
            return None
        case datetime():
            return parse_moment_or_local(value, "start")
        case date():
            return value
        case _:
            return parse_moment_or_local(str(value), "start")

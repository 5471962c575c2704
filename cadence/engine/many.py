"""One sequence for many records: planned and sent some hundred at a time, in memory that does not grow."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing, closing, nullcontext
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cadence.engine.applying import conditions_for
from cadence.engine.batches import Batches, check_params, one_ahead
from cadence.engine.lookups import TargetFinder, nothing_found
from cadence.engine.pacing import Meter
from cadence.engine.planning import project_rules
from cadence.engine.recordreport import RecordReport
from cadence.engine.results import RecordsPlan, RecordsReport
from cadence.engine.sinks import Output, check_output
from cadence.engine.targets import identity_of, is_there
from cadence.errors import CadenceError, ConfigError
from cadence.frozen import dataclass
from cadence.ledger import open_ledger, open_readonly
from cadence.ledger.rows import target_id
from cadence.model.people import Directory
from cadence.planning.batch import BatchPlanner
from cadence.runner import Stop
from cadence.runner.again import patient
from cadence.runner.embedded import interruptible
from cadence.runner.throttle import Throttle
from cadence.wording.plancsv import COLUMNS, activity_cells

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cadence.diagnostics import Finding
    from cadence.engine.batches import Batch, Defaults
    from cadence.engine.engine import Engine
    from cadence.engine.lookups import Finder
    from cadence.engine.sources import Source
    from cadence.engine.targets import OpenTarget
    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import History
    from cadence.model.plan import Action, Plan
    from cadence.model.sequence import Sequence as StepSequence
    from cadence.runner import Conditions, ProgressEvent

    Tell = Callable[[ProgressEvent], None]

__all__ = ["Asked", "Run", "Sender", "apply_many", "plan_many"]

_AGAIN = "run the same command again to go on"
_OUT = (".csv", ".ndjson", ".jsonl", ".parquet")


class Asked(NamedTuple):
    """What is asked for all rows of a source. `report` and `out` are files to write, the latter with all activities."""

    source: Source
    sequence: StepSequence
    defaults: Defaults
    report: Path | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a sender works with."""

    engine: Engine
    asked: Asked
    opened: OpenTarget
    ledger: Ledger
    conditions: Conditions
    throttle: Throttle
    meter: Meter
    report: RecordReport
    activities: Output
    stop: Stop

    @property
    def failure(self) -> ConfigError | None:
        """Why a file that was asked for can no longer be written, None where it can."""
        return self.report.failure or self.activities.failure


class Sender(Protocol):
    """Sees to it that batches are sent, and reports their rows once they are finished."""

    async def send(self, batch: Batch, /) -> None:
        """Take a batch. Raises LedgerError, TargetError."""
        ...

    async def finish(self, *, early: bool) -> str:
        """See to what is left of all batches; return why that is not everything, empty where it is.

        After an *early* end nothing more is sent.
        """
        ...


async def plan_many(engine: Engine, asked: Asked, *, progress: Tell | None = None) -> RecordsPlan:
    """Return what would be done, counted. Nothing is written but the files that were asked for."""
    _check_files(asked)
    with open_readonly(engine.ledger_url) or nullcontext() as ledger:
        if not is_there(engine.settings, engine.target):
            directory = Directory(target=identity_of(engine.target))
            batches = _batches(engine, asked, directory=directory, find=nothing_found, ledger=ledger)
            return await _counted(batches, asked, meter=_meter(engine, asked, progress))
        async with engine.opened(connections=engine.settings.submit.concurrency, reading=True) as opened:
            directory, conditions = await opened.directory(), conditions_for(engine, opened, None)
            find = TargetFinder(opened.client, conditions=conditions, stop=Stop())
            batches = _batches(engine, asked, directory=directory, find=find, ledger=ledger)
            return await _counted(batches, asked, meter=_meter(engine, asked, progress))


async def apply_many(
    engine: Engine, asked: Asked, *, sender: Callable[[Run], Awaitable[Sender]], progress: Tell | None = None
) -> RecordsReport:
    """Do what *asked* says for every row, by what *sender* makes. A row of which nothing comes stops no other.

    Raises CadenceError before anything is sent; what ends the run later is in its report.
    """
    _check_files(asked)
    stop, meter = Stop(), _meter(engine, asked, progress)
    with interruptible(stop):
        async with engine.opened(connections=engine.settings.submit.concurrency) as opened:
            directory = await opened.directory()
            with open_ledger(engine.ledger_url) as ledger:
                conditions = patient(conditions_for(engine, opened, meter))
                throttle = await _throttle(ledger, opened, conditions=conditions, stop=stop)
                find = TargetFinder(opened.client, conditions=conditions, stop=stop, throttle=throttle)
                batches = _batches(engine, asked, directory=directory, find=find, ledger=ledger)
                with _report(asked) as report, _activities(asked) as activities:
                    run = Run(engine, asked, opened, ledger, conditions, throttle, meter, report, activities, stop)
                    stopped = await _send_all(run, batches, await sender(run))
    stopped = stopped or _unwritten(run)
    return RecordsReport(report.total, report.records, report.failed, stopped, _findings(batches), asked.report)


async def _send_all(run: Run, batches: Batches, sender: Sender) -> str:
    """Return why the run ended before the last row, empty where it did not."""
    stop, begun, stopped = run.stop, False, ""
    _begin(run.report, run.activities, run.meter)
    try:
        async with aclosing(one_ahead(batches.planned())) as ahead:
            async for batch in ahead:
                if stop.is_set or run.failure:
                    break
                begun = True
                run.meter.begin(batch.rows)
                run.activities.write(_cells(batch.plan))
                run.report.refuse(batch.untaken)
                await sender.send(batch)
                run.meter.end()
    except CadenceError as error:
        if not begun and not stop.is_set:
            raise
        stopped = f"{error}; {_AGAIN}"
    stopped = _why(stop) or stopped or _unwritten(run)
    try:
        return await sender.finish(early=bool(stopped)) or stopped or _why(stop)
    except CadenceError as error:
        return stopped or f"{error}; {_AGAIN}"


def _begin(report: RecordReport, activities: Output, meter: Meter) -> None:
    """Make the files, now that all is checked and reached: what is refused before that leaves older ones alone."""
    report.begin()
    activities.begin()
    meter.start()


def _why(stop: Stop) -> str:
    """Return why a run was stopped, and what to do; empty where it was not."""
    return f"{stop.reason}; {_AGAIN}" if stop.is_set else ""


def _unwritten(run: Run) -> str:
    """Return which file could not be written, and what to do; empty where each could."""
    return f"{run.failure}; {_AGAIN}" if run.failure else ""


async def _counted(batches: Batches, asked: Asked, *, meter: Meter) -> RecordsPlan:
    counts: Counter[Action] = Counter()
    with _report(asked) as report, _activities(asked) as activities:
        _begin(report, activities, meter)
        async with aclosing(batches.planned()) as planned:
            async for batch in planned:
                meter.begin(batch.rows)
                counts.update(batch.plan.counts)
                activities.write(_cells(batch.plan))
                report.refuse(batch.untaken)
                report.plan(batch.taken)
                _check_written(report, activities)
                meter.end()
    _check_written(report, activities)
    return RecordsPlan(counts, report.records, report.failed, report.total.problems, _findings(batches), asked.report)


def _check_written(report: RecordReport, activities: Output) -> None:
    if failure := report.failure or activities.failure:
        raise failure


def _batches(engine: Engine, asked: Asked, *, directory: Directory, find: Finder, ledger: Ledger | None) -> Batches:
    """Return what plans the rows. Raises PlanError for params that are wrong for all of them."""
    check_params(asked.sequence, asked.source, asked.defaults.params, directory=directory)
    planner = BatchPlanner(
        asked.sequence,
        now=engine.clock.now(),
        directory=directory,
        rules=project_rules(engine.settings),
        marked=engine.settings.submit.marker != "none",
        cursors=ledger.cursors(directory.target) if ledger else None,
    )
    return Batches(
        source=asked.source,
        sequence=asked.sequence,
        defaults=asked.defaults,
        planner=planner,
        directory=directory,
        target=engine.target,
        find=find,
        histories=partial(_histories, ledger, asked.sequence, directory),
        clock=engine.clock,
    )


async def _throttle(ledger: Ledger, opened: OpenTarget, *, conditions: Conditions, stop: Stop) -> Throttle:
    """Return what all requests of the run take their turns by, reads of records and activities alike."""
    await conditions.machine.in_thread(lambda: ledger.add_target(opened.identity))
    target, pace = target_id(opened.identity), conditions.pace
    return Throttle(ledger, target, rate=pace.rate, clock=conditions.clock, machine=conditions.machine, stop=stop)


def _histories(
    ledger: Ledger | None, sequence: StepSequence, directory: Directory, entity_ids: Sequence[str]
) -> Mapping[str, History]:
    if ledger is None:
        return {}
    return ledger.histories(directory.target, sequence.name, object=sequence.object, entity_ids=entity_ids)


def _findings(batches: Batches) -> tuple[Finding, ...]:
    return (*batches.planner.findings, *batches.findings)


def _meter(engine: Engine, asked: Asked, progress: Tell | None) -> Meter:
    return Meter(progress or (lambda _: None), total=asked.source.total, clock=engine.clock)


def _check_files(asked: Asked) -> None:
    """Raise ConfigError for files that would overwrite one another, or cannot be written; none is touched."""
    source, report, out = asked.source.path, asked.report, asked.out
    for path in (report, out):
        if path is not None and source is not None and _is_same(path, source):
            raise ConfigError(f"{path} is the file of records, it would be overwritten", hint="name another file")
    if report is not None and out is not None and _is_same(report, out):
        raise ConfigError(f"{out} is the file of the report, too: one would overwrite the other", hint="name two files")
    if report is not None:
        check_output(report)
    if out is not None:
        check_output(out, kinds=_OUT)


def _is_same(path: Path, other: Path) -> bool:
    """Return whether both are one file, also by two names of it."""
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def _report(asked: Asked) -> AbstractContextManager[RecordReport]:
    return closing(RecordReport(asked.report, name=asked.source.name))


def _activities(asked: Asked) -> AbstractContextManager[Output]:
    """Return what writes the activities of all batches to the file that was asked for; nothing without one."""
    return closing(Output(asked.out, COLUMNS, kinds=_OUT))


def _cells(plan: Plan) -> list[tuple[object, ...]]:
    return [activity_cells(each, activity) for each in plan.enrollments for activity in each.activities]

"""Bulk runs through Temporal: hand a plan to workers and follow it, be a worker, pause and cancel."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cadence.engine.applying import apply_plan, conditions_for
from cadence.engine.results import BulkRow
from cadence.engine.targets import identity_of, open_target
from cadence.errors import ConfigError, LedgerError
from cadence.ledger import open_ledger
from cadence.model.plan import Report
from cadence.runner.bulk import Halted, feed_of
from cadence.runner.bulkfaults import NoRun, Unanswered
from cadence.runner.bulkreport import report_of
from cadence.runner.chunk import run_chunk
from cadence.runner.embedded import interruptible
from cadence.runner.leasing import leased
from cadence.runner.members import Members
from cadence.runner.progress import ProgressEvent
from cadence.runner.stop import Stop
from cadence.runner.unsent import with_unsent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence.config import TargetSettings
    from cadence.engine.engine import Engine
    from cadence.ledger.bulkruns import BulkRun
    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan
    from cadence.runner.bulk import BulkProgress, Span
    from cadence.runner.conditions import Conditions
    from cadence.runner.port import Crm
    from cadence.runner.temporal import Temporal

__all__ = [
    "apply_on_workers",
    "check_shared",
    "connect",
    "follow",
    "is_under_way",
    "list_runs",
    "show_run",
    "steer",
    "unfinished",
    "work",
]

_POLL_S = 1.0
_PATIENCE_S = 30.0
_PROBLEMS = 20
_ID_LENGTH = 16


async def apply_on_workers(
    engine: Engine, plan: Plan, *, progress: Callable[[ProgressEvent], None] | None = None
) -> Report:
    """Do what *plan* says through workers, once; a second call while it runs follows the same run.

    Raises what the embedded engine raises, LedgerError for a ledger that workers cannot share, SubmissionError where
    Temporal does not answer.
    """
    check_shared(engine.ledger_url)
    temporal = await connect(engine)
    return await apply_plan(engine, plan, progress=progress, submit=partial(_submit, temporal, engine))


async def connect(engine: Engine, *, as_worker: bool = False) -> Temporal:
    """Return a connection to the Temporal of the settings. Raises SubmissionError, ConfigError."""
    try:
        from cadence.runner.temporal import Temporal
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "temporalio":
            raise
        raise ConfigError(
            "the engine 'temporal' needs the package temporalio", hint="pip install 'cadence-engine[temporal]'"
        ) from None
    return await Temporal.connect(engine.settings.temporal, as_worker=as_worker)


def check_shared(ledger_url: str) -> None:
    """Raise LedgerError for a ledger that workers on other machines could not share."""
    if not ledger_url.startswith(("postgresql:", "postgresql+")):
        raise LedgerError(
            "a SQLite ledger cannot be shared by workers, and the engine 'temporal' has workers",
            hint="set CADENCE_LEDGER__URL, or url in [ledger], to a postgresql:// URL",
        )


async def _submit(
    temporal: Temporal, engine: Engine, ledger: Ledger, _crm: Crm, plan: Plan, *, conditions: Conditions
) -> Report:
    run, keys = plan.digest[:_ID_LENGTH], plan.enrolled_keys
    cancelled: Mapping[str, int] = {}
    stop, report = Stop(), Report()
    with interruptible(stop):
        if keys and not await is_under_way(temporal, run):
            since, cancelled = await _record(ledger, plan, run, conditions=conditions, stop=stop)
            heartbeat_s = engine.settings.temporal.heartbeat
            await temporal.start(feed_of(run, len(keys), since=since, heartbeat_s=heartbeat_s))
        if keys:
            report = _report(ledger, await follow(temporal, run, conditions=conditions, stop=stop))
    return with_unsent(report, plan, cancelled=cancelled)


async def is_under_way(temporal: Temporal, run: str) -> bool:
    """Return whether the run has begun and is not over."""
    try:
        return not (await temporal.progress(run)).is_over
    except NoRun:
        return False


async def _record(
    ledger: Ledger, plan: Plan, run: str, *, conditions: Conditions, stop: Stop
) -> tuple[int, Mapping[str, int]]:
    """Write the plan and what belongs to the run; return the last attempt before it, and what was cancelled unsent."""
    keys = plan.enrolled_keys
    async with leased(ledger, keys, conditions=conditions, stop=stop) as lease:
        at = conditions.clock.now()
        cancelled = ledger.record(plan, by=conditions.by, at=at, lease=lease)
        ledger.enlist(run, keys, target=plan.target, by=conditions.by, at=at)
        return ledger.last_attempt(), cancelled


async def follow(temporal: Temporal, run: str, *, conditions: Conditions, stop: Stop) -> BulkProgress:
    """Return how the run stands in the end, or when *stop* was set."""
    pause_s = _POLL_S / 10  # a small run is over at once
    while True:
        found = await _patiently(temporal, run, conditions=conditions, stop=stop)
        conditions.progress(_event(found))
        if found.is_over or stop.is_set:
            return found
        await stop.sleep(pause_s, conditions.machine.sleep)
        pause_s = min(pause_s * 1.5, _POLL_S)


async def _patiently(temporal: Temporal, run: str, *, conditions: Conditions, stop: Stop) -> BulkProgress:
    """Ask how the run stands; a Temporal that does not answer is waited for, but not for ever."""
    deadline = conditions.clock.monotonic() + _PATIENCE_S
    while True:
        try:
            return await temporal.progress(run)
        except Unanswered as error:
            if stop.is_set or conditions.clock.monotonic() > deadline:
                raise
            conditions.progress(ProgressEvent(0, 0, error.message, waiting=True))
            await stop.sleep(_POLL_S, conditions.machine.sleep)


def _event(found: BulkProgress) -> ProgressEvent:
    if text := _hold_up(found):
        return ProgressEvent(found.done, found.total, text, waiting=True)
    return ProgressEvent(found.done, found.total, f"bulk run '{found.run}'")


def _hold_up(found: BulkProgress) -> str:
    """Return in words what keeps the run from going on, empty where nothing does."""
    if found.is_over:
        return ""
    if found.state == "paused":
        return f"bulk run '{found.run}' is paused; `cadence bulk resume {found.run}` lets it go on"
    if found.trouble:
        return f"bulk run '{found.run}' tries again: {'; '.join(found.trouble)}"
    if found.workers == 0:
        return f"no worker is there for bulk run '{found.run}'; start one with `cadence worker --engine temporal`"
    return ""


def _report(ledger: Ledger, found: BulkProgress) -> Report:
    report = report_of(ledger.standings(found.run, since=found.since), ledger.reasons(found.run, limit=_PROBLEMS))
    text = unfinished(found, again="apply the plan again")
    return replace(report, problems=(*report.problems, text)) if text else report


def unfinished(found: BulkProgress, *, again: str) -> str:
    """Return in words that the run is not through, and what to do; empty where it is."""
    if found.state == "completed":
        return ""
    if found.is_over:
        return f"bulk run '{found.run}' was {found.state}; {again} to go on"
    return f"bulk run '{found.run}' goes on; follow it with `cadence bulk status {found.run}`"


async def list_runs(engine: Engine, *, limit: int) -> tuple[BulkRow, ...]:
    """Return the runs that Temporal remembers, the newest first."""
    temporal = await connect(engine)
    return tuple([_row(found) for found in await temporal.runs(limit)])


async def show_run(engine: Engine, run: str) -> tuple[BulkRow, Report]:
    """Return how the run stands, and its counts in the ledger."""
    check_shared(engine.ledger_url)
    temporal = await connect(engine)
    found = await temporal.progress(run)
    with open_ledger(engine.ledger_url, create=False) as ledger:
        return _row(found), report_of(ledger.standings(run, since=found.since), ledger.reasons(run, limit=_PROBLEMS))


def _row(found: BulkProgress) -> BulkRow:
    return BulkRow(found.run, found.state, found.done, found.total, found.started_at, _hold_up(found))


async def steer(engine: Engine, run: str, *, how: str) -> None:
    """Pause, resume or cancel the run, as *how* says. Raises SubmissionError for one that is not under way."""
    temporal = await connect(engine)
    await temporal.steer(run, how)


async def work(engine: Engine, *, at_once: int, promote: bool) -> None:
    """Send the chunks of bulk runs, *at_once* at a time, until SIGTERM or Ctrl-C; then finish what is in flight."""
    check_shared(engine.ledger_url)
    temporal = await connect(engine, as_worker=True)
    stop = Stop()
    with open_ledger(engine.ledger_url) as ledger, interruptible(stop, sigterm=True):
        await temporal.work(_Sender(engine, ledger), at_once=at_once, stop=stop, promote=promote)


class _Sender:
    """Sends the chunks that it is handed, to the target that the ledger names, by the settings of this machine."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger

    async def __call__(self, span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
        engine, ledger = self._engine, self._ledger
        run = ledger.bulk_run(span.run)
        if run is None:
            raise Halted(f"the worker's ledger does not know bulk run '{span.run}'")
        keys = Members(ledger, span.run, first=span.first, end=span.end)
        connections = engine.settings.submit.concurrency
        target = self._target(run)
        async with open_target(engine.settings, target, engine.clock, connections=connections) as opened:
            conditions = conditions_for(engine, opened, progress)
            await run_chunk(ledger, opened.client, keys, conditions=conditions, stop=stop)
        if stop.is_set:
            raise Halted(stop.reason.partition(":")[0])  # the rest may be the CRM's own words

    def _target(self, run: BulkRun) -> TargetSettings:
        settings = self._engine.settings
        known = [*settings.targets.values(), settings.target("local")]
        for target in known:
            identity = identity_of(target)
            if (identity.base_url, identity.business_id) == (run.base_url, run.business_id):
                return target
        raise Halted(f"the worker's settings have no target '{run.base_url}' with business '{run.business_id}'")

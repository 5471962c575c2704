"""Batches handed to the workers of Temporal: recorded here, sent there, reported here from the ledger."""

from __future__ import annotations

import hashlib
import json
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from cadence.engine.bulk import check_shared, connect, follow, is_under_way, unfinished
from cadence.engine.recordreport import Line
from cadence.engine.rowrecording import enrolled_keys, record_rows
from cadence.engine.wanted import Untaken
from cadence.errors import ConfigError, SubmissionError
from cadence.model.plan import canonical_json
from cadence.runner.bulk import feed_of
from cadence.runner.leasing import leased

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence.engine.batches import Batch, Taken
    from cadence.engine.engine import Engine
    from cadence.engine.many import Asked, Run
    from cadence.model.plan import Plan
    from cadence.runner.temporal import Temporal

__all__ = ["Handing", "hand_over", "run_id"]

_ID_LENGTH = 16
_MANY = 500
_AGAIN = "run the same command again"
_NOT_IN_IT = "not in the run that was under way, which was planned before; " + _AGAIN


async def hand_over(run: Run) -> Handing:
    """Return what hands the batches to workers.

    Raises LedgerError for a ledger that they cannot share, SubmissionError where Temporal does not answer, ConfigError
    for records that are not in a file.
    """
    check_shared(run.engine.ledger_url)
    name = run_id(run.engine, run.asked)
    temporal = await connect(run.engine)
    return Handing(run, temporal, name, goes_on=await is_under_way(temporal, name))


def run_id(engine: Engine, asked: Asked) -> str:
    """Return the id of the run: the same file, column, sequence, answers and target are the same run.

    Raises ConfigError for records that are not in a file: nobody could tell whether they are the same.
    """
    if not asked.source.digest:
        raise ConfigError(
            "the engine 'temporal' takes the records from a file", hint="write them into one, say .ndjson"
        )
    target = engine.target
    source = [asked.source.digest, asked.source.by]
    parts = [*source, asked.sequence.digest, *asked.defaults, target.base_url, target.business_id]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:_ID_LENGTH]


class Handing:
    """Records every batch and adds it to the run, which begins with the last of them; while it *goes_on*, only follows.

    Which row has which enrollment is kept in a temporary file until the run is over.
    """

    def __init__(self, run: Run, temporal: Temporal, name: str, *, goes_on: bool) -> None:
        self._run = run
        self._temporal = temporal
        self._name = name
        self._goes_on = goes_on
        self._since: int | None = None
        self._lines = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by finish

    async def send(self, batch: Batch) -> None:
        """Record the batch for the workers; report the rows that are none of their work."""
        idle = [Line.of(each) for each in batch.taken if not each.enrollment.enrolls]
        self._run.report.add([(line, line.report(())) for line in idle])
        taken = [each for each in batch.taken if each.enrollment.enrolls]
        records = taken and not self._goes_on
        for line in await self._record(batch.plan, taken) if records else map(Line.of, taken):
            row = [line.row, line.reference, line.enrollment, line.skipped, line.estimated, line.cancelled]
            self._lines.write(json.dumps(row) + "\n")

    async def finish(self, *, early: bool) -> str:
        """Start the run, follow it to its end, and report its rows; after an *early* end, start nothing."""
        with self._lines:
            if early and not self._goes_on:
                return ""
            return await self._finish()

    async def _finish(self) -> str:
        run, ledger, name = self._run, self._run.ledger, self._name
        known = await run.conditions.machine.in_thread(lambda: ledger.bulk_run(name))
        if known is None:
            return ""
        if not self._goes_on:
            heartbeat_s = run.engine.settings.temporal.heartbeat
            since = await self._began()
            await self._temporal.start(feed_of(name, known.total, since=since, heartbeat_s=heartbeat_s))
        run.meter.restart(known.total)
        left, since = await self._follow()
        for lines in self._kept():
            await self._report(lines, since=since)
        return left

    async def _follow(self) -> tuple[str, int]:
        """Return why the run is not through, empty where it is, and the last attempt before it.

        Where Temporal is gone, so is what it knows of a run that another call began: all that was ever tried counts.
        """
        try:
            last = await follow(self._temporal, self._name, conditions=self._run.conditions, stop=self._run.stop)
        except SubmissionError as error:
            return f"{error}; {_AGAIN}", self._since or 0
        return unfinished(last, again=_AGAIN), last.since

    async def _record(self, plan: Plan, taken: Sequence[Taken]) -> list[Line]:
        run, conditions, ledger = self._run, self._run.conditions, self._run.ledger
        await self._began()
        async with leased(ledger, enrolled_keys(taken), conditions=conditions, stop=run.stop) as lease:
            lines = await record_rows(run, plan, taken, lease=lease)
            keys, target = [line.enrollment for line in lines], run.opened.identity
            by, at = conditions.by, conditions.clock.now()
            if keys:
                await conditions.machine.in_thread(lambda: ledger.enlist(self._name, keys, target=target, by=by, at=at))
        return lines

    async def _began(self) -> int:
        """Return the last attempt before this run."""
        if self._since is None:
            self._since = await self._run.conditions.machine.in_thread(self._run.ledger.last_attempt)
        return self._since

    async def _report(self, lines: Sequence[Line], *, since: int) -> None:
        run, keys = self._run, [line.enrollment for line in lines]
        in_thread = run.conditions.machine.in_thread
        outcomes = await in_thread(lambda: run.ledger.outcomes(keys, since=since))
        enlisted = await in_thread(lambda: run.ledger.enlisted(self._name, keys))
        run.report.add(
            [(each, each.report(outcomes.get(each.enrollment, ()))) for each in lines if each.enrollment in enlisted]
        )
        others = [each for each in lines if each.enrollment not in enlisted]
        run.report.refuse([Untaken(each.row, each.reference, _NOT_IN_IT) for each in others])

    def _kept(self) -> Iterator[list[Line]]:
        self._lines.seek(0)
        some: list[Line] = []
        for text in self._lines:
            some.append(Line(*json.loads(text)))
            if len(some) == _MANY:
                yield some
                some = []
        if some:
            yield some

"""The workflow: histories of whoever ran it before replay, a long run continues as new, and progress shows both."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from cadence.config import TemporalSettings
from cadence.engine.running import run
from cadence.runner.bulk import BulkProgress, Feed, Halted, Span
from cadence.runner.progress import ProgressEvent
from cadence.runner.stop import Stop
from cadence.runner.temporal import Bulk, Temporal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.temporal.processes import TemporalServer

HISTORIES = Path(__file__).parents[1] / "data" / "temporal"


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
def test_a_history_of_an_earlier_version_replays(path: Path) -> None:
    """A deploy strands no run: when this fails, guard the change of the workflow by `workflow.patched`."""
    history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    asyncio.run(Replayer(workflows=[Bulk]).replay_workflow(history))


def test_there_are_histories_to_replay() -> None:
    assert {path.stem for path in HISTORIES.glob("*.json")} >= {"whole", "paused", "cancelled", "continued"}


@pytest.fixture
def settings(server: TemporalServer) -> TemporalSettings:
    name = f"cadence-{uuid.uuid4().hex[:12]}"
    return TemporalSettings(address=server.address, task_queue=name, deployment=name)


class Recorded:
    """Chunks that take a moment and remember what they were asked for."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.spans: list[Span] = []
        self._seconds = seconds

    async def __call__(self, span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
        self.spans.append(span)
        progress(ProgressEvent(1, 2))
        await stop.sleep(self._seconds, asyncio.sleep)


async def _worked(
    settings: TemporalSettings, feed: Feed, chunks: Recorded, *, until: Callable[[BulkProgress], bool]
) -> BulkProgress:
    temporal, stop = await Temporal.connect(settings), Stop()
    await temporal.start(feed)
    work = asyncio.create_task(temporal.work(chunks, at_once=4, stop=stop))
    try:
        async with asyncio.timeout(60):
            while not until(found := await temporal.progress(feed.run)):  # noqa: ASYNC110 - another process's event
                await asyncio.sleep(0.1)
            return found
    finally:
        stop.set("the test is over")
        with suppress(asyncio.CancelledError):
            await work


@pytest.mark.slow
def test_a_long_run_continues_as_new_and_hands_out_every_span_once(settings: TemporalSettings) -> None:
    feed = Feed(uuid.uuid4().hex[:16], 23, size=2, at_once=3, chunks_a_history=4, since=7)
    chunks = Recorded()
    found = run(_worked(settings, feed, chunks, until=lambda found: found.is_over))
    assert (found.state, found.done, found.total, found.since) == ("completed", 23, 23, 7)
    spans = sorted((span.first, span.end) for span in chunks.spans)
    assert spans == [(first, min(first + 2, 23)) for first in range(0, 23, 2)]
    assert run(_runs_of(settings, feed.run)) == 3


async def _runs_of(settings: TemporalSettings, name: str) -> int:
    """Return how many executions the run took: 12 chunks, 4 of them each."""
    from temporalio.client import Client  # noqa: PLC0415 - the type is all that the module needs

    client = await Client.connect(settings.address)
    query = f"WorkflowId = 'cadence-bulk-{name}'"
    async with asyncio.timeout(20):
        while True:
            found = [each async for each in client.list_workflows(query)]
            if sum(each.close_time is not None for each in found) >= 3:
                return len(found)
            await asyncio.sleep(0.2)  # what is listed lags a little


@pytest.mark.slow
def test_what_a_chunk_tells_while_it_runs_counts_as_progress(settings: TemporalSettings) -> None:
    feed = Feed(uuid.uuid4().hex[:16], 20, size=10, at_once=2)
    found = run(_worked(settings, feed, Recorded(600), until=lambda found: found.done >= 10))  # five by each chunk
    assert (found.state, found.done, found.workers) == ("running", 10, 1)


@pytest.mark.slow
def test_the_progress_of_a_short_last_chunk_counts_what_it_holds(settings: TemporalSettings) -> None:
    feed = Feed(uuid.uuid4().hex[:16], 12, size=10, at_once=2)
    found = run(_worked(settings, feed, Recorded(600), until=lambda found: found.done >= 6))  # half of 10 and of 2
    assert (found.state, found.done) == ("running", 6)


class Gated(Recorded):
    """Chunks of which those after the first four wait until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def __call__(self, span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
        await super().__call__(span, stop=stop, progress=progress)
        if len(self.spans) > 4:
            await self.go.wait()


async def _continued(settings: TemporalSettings, feed: Feed) -> tuple[BulkProgress, list[BulkProgress]]:
    """Return how far the run is said to be once its second execution has begun, and what is listed in the end."""
    temporal, stop, chunks = await Temporal.connect(settings), Stop(), Gated()
    await temporal.start(feed)
    work = asyncio.create_task(temporal.work(chunks, at_once=4, stop=stop))
    try:
        async with asyncio.timeout(60):
            while len(chunks.spans) <= 4:  # noqa: ASYNC110 - another process's event
                await asyncio.sleep(0.1)
            midway = await temporal.progress(feed.run)
            chunks.go.set()
            while not (await temporal.progress(feed.run)).is_over:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.1)
            while not (listed := await temporal.runs(20)) or not all(each.is_over for each in listed):  # noqa: ASYNC110
                await asyncio.sleep(0.2)  # what is listed lags a little
            return midway, listed
    finally:
        stop.set("the test is over")
        with suppress(asyncio.CancelledError):
            await work


@pytest.mark.slow
def test_a_run_that_continues_as_new_keeps_its_progress_and_is_listed_once(settings: TemporalSettings) -> None:
    feed = Feed(uuid.uuid4().hex[:16], 12, size=2, at_once=2, chunks_a_history=4, since=7)
    midway, listed = run(_continued(settings, feed))
    assert (midway.state, midway.done, midway.total, midway.since) == ("running", 8, 12, 7)
    assert [(each.state, each.done) for each in listed] == [("completed", 12)]


class Failing(Recorded):
    """Chunks that fail once, when they are told to."""

    def __init__(self) -> None:
        super().__init__()
        self.fail = asyncio.Event()

    async def __call__(self, span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
        await super().__call__(span, stop=stop, progress=progress)
        if len(self.spans) == 1:
            await self.fail.wait()
            raise Halted("the target could not be reached")


async def _paused(settings: TemporalSettings, feed: Feed) -> tuple[BulkProgress, BulkProgress]:
    """Return how the run stands when its chunk failed right after a pause, and in the end, after it went on."""
    temporal, stop, chunks = await Temporal.connect(settings), Stop(), Failing()
    await temporal.start(feed)
    work = asyncio.create_task(temporal.work(chunks, at_once=1, stop=stop))
    try:
        async with asyncio.timeout(60):
            while not chunks.spans:  # noqa: ASYNC110 - another process's event
                await asyncio.sleep(0.1)
            await temporal.steer(feed.run, "pause")
            while (await temporal.progress(feed.run)).state != "paused":  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.02)
            chunks.fail.set()
            await asyncio.sleep(3)  # a run that had failed of it would be over by then
            paused = await temporal.progress(feed.run)
            await temporal.steer(feed.run, "resume")
            while not (found := await temporal.progress(feed.run)).is_over:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.1)
            return paused, found
    finally:
        stop.set("the test is over")
        with suppress(asyncio.CancelledError):
            await work


@pytest.mark.slow
def test_a_run_that_is_paused_while_a_chunk_fails_stays_paused_and_goes_on(settings: TemporalSettings) -> None:
    paused, found = run(_paused(settings, Feed(uuid.uuid4().hex[:16], 2, size=2)))
    assert (paused.state, paused.done) == ("paused", 0)
    assert (found.state, found.done) == ("completed", 2)

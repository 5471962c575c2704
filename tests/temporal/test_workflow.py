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
from cadence.runner.bulk import BulkProgress, Feed, Span
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

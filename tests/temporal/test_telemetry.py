"""What the how-to says of traces and metrics: spans of runs and chunks, and the signs to watch."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from cadence.config import TemporalSettings
from cadence.engine.running import run
from cadence.runner.bulk import Feed
from cadence.runner.stop import Stop
from cadence.runner.temporal import Temporal
from tests.temporal.processes import Command, TemporalServer, free_port, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence.runner.bulk import Span
    from cadence.runner.progress import ProgressEvent
    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    """One of the test's own, to be killed."""
    own = TemporalServer(tmp_path_factory.mktemp("watched"))
    own.start()
    yield own
    own.kill()


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    """Where the spans of this process go: the provider can be set once only."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


async def _nothing(_span: Span, /, *, stop: Stop, progress: Callable[[ProgressEvent], None]) -> None:
    del stop, progress


async def _worked(settings: TemporalSettings, feed: Feed) -> None:
    temporal, stop = await Temporal.connect(settings), Stop()
    await temporal.start(feed)
    work = asyncio.create_task(temporal.work(_nothing, at_once=2, stop=stop))
    async with asyncio.timeout(60):
        while not (await temporal.progress(feed.run)).is_over:  # noqa: ASYNC110 - another process's event
            await asyncio.sleep(0.1)
    stop.set("the test is over")
    with suppress(asyncio.CancelledError):
        await work


def test_a_run_and_its_chunks_are_spans_of_one_trace(server: TemporalServer, spans: InMemorySpanExporter) -> None:
    name = f"cadence-{uuid.uuid4().hex[:12]}"
    settings = TemporalSettings(server.address, task_queue=name, deployment=name, traces=True)
    feed = Feed(uuid.uuid4().hex[:16], 4, size=2)
    run(_worked(settings, feed))
    finished = spans.get_finished_spans()
    of_run = [each for each in finished if each.name.partition(":")[2] in ("Bulk", "Chunk")]
    names = {each.name for each in of_run}
    assert names >= {"StartWorkflow:Bulk", "RunWorkflow:Bulk", "StartActivity:Chunk", "RunActivity:Chunk"}
    assert len({each.context.trace_id for each in of_run if each.context}) == 1
    assert sum(each.name == "RunActivity:Chunk" for each in of_run) == 2
    told = {key: value for each in of_run for key, value in (each.attributes or {}).items()}
    assert set(told) <= {"temporalWorkflowID", "temporalRunID", "temporalActivityID"}
    assert told["temporalWorkflowID"] == f"cadence-bulk-{feed.run}"


def test_the_metrics_to_watch_are_there(account: Account, server: TemporalServer, hire: Hire) -> None:
    account.plan(1)
    address = f"127.0.0.1:{free_port()}"
    hire(CADENCE_TEMPORAL__METRICS=address)
    assert Command(account.folder, "apply", "plan.json", "--engine", "temporal").done()[0] == 0
    assert 'temporal_activity_execution_latency_count{activity_type="Chunk"' in page(address)
    assert "temporal_activity_schedule_to_start_latency_count{" in page(address)
    assert "request_failure{" not in page(address)
    server.kill()
    until(lambda: "temporal_long_request_failure{" in page(address), what="a sign that Temporal is away")


def page(address: str) -> str:
    """Return what a worker tells Prometheus."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def test_the_metrics_are_pushed_where_a_url_is_given(account: Account, hire: Hire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as collector:
        collector.settimeout(30)
        hire(CADENCE_TEMPORAL__METRICS=f"http://127.0.0.1:{collector.getsockname()[1]}")
        connection, _ = collector.accept()
        with connection:
            assert connection.recv(16).startswith(b"PRI * HTTP/2.0")  # OTLP is gRPC, and gRPC is HTTP/2
    assert account.sent() == []

"""Temporal drives bulk runs: one workflow feeds chunks, one activity sends them. The only module that knows Temporal.

Correctness does not rest on it: an activity that runs twice, late, or on two workers at once finds the enrollments
leased or done. Payloads are the run's id, positions and counts; no field of a record leaves the ledger through here.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import threading
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from temporalio import activity, workflow
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import (
    RetryPolicy,
    VersioningBehavior,
    WorkerDeploymentVersion,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory, is_cancelled_exception
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    OpenTelemetryConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, TLSConfig
from temporalio.worker import Worker, WorkerDeploymentConfig

with workflow.unsafe.imports_passed_through():
    from cadence.errors import CadenceError
    from cadence.runner.bulk import BulkProgress, Feed, Latest, Span, state_of
    from cadence.runner.bulkfaults import fault, no_metrics, no_run, no_tracing, not_promoted, shown, unreached
    from cadence.runner.certificates import read_certificates
    from cadence.runner.stop import Stop
    from cadence.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from temporalio.api.workflow.v1 import PendingActivityInfo
    from temporalio.client import WorkflowExecution

    from cadence.config import TemporalSettings
    from cadence.runner.bulk import Chunks

__all__ = ["Temporal"]

_log = logging.getLogger(__name__)

# A thread of the SDK that is still handing over its last result when the interpreter ends would abort the process.
atexit.register(threading.Event().wait, 0.1)

_BULK = "Bulk"
_CHUNK = "Chunk"
_PREFIX = "cadence-bulk-"
_LONGEST = timedelta(days=30)  # a chunk at a request a second; whether it lives is told by its heartbeat
_AT_ONCE = timedelta(seconds=1)
_RETRY = RetryPolicy(initial_interval=_AT_ONCE, backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1))
_BEAT_S = 0.5
_GRACE = timedelta(seconds=60)  # for requests in flight when a worker is told to end
_LATEST_BEAT = timedelta(seconds=2)  # how late a pause may reach a chunk
_CALL = timedelta(seconds=10)


# ---- the workflow


@workflow.defn(name=_BULK)
class Bulk:
    """Hands out a run in chunks, a few at a time; knows how far it is and no more."""

    @workflow.init
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._out: dict[int, workflow.ActivityHandle[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._called_back: set[int] = set()
        self._handed = 0
        self._failure: BaseException | None = None

    @workflow.run
    async def run(self, feed: Feed) -> int:  # noqa: ARG002 - Temporal hands it to both
        """Return how many enrollments went through."""
        try:
            await self._hand_out()
        except asyncio.CancelledError:
            self._call_back()
            await workflow.wait_condition(lambda: not self._out)
            raise
        if not self._feed.is_over:
            workflow.continue_as_new(self._feed, memo={**workflow.memo(), **self._told()})
        return self._feed.done

    @workflow.signal
    def pause(self) -> None:
        """Hand out nothing more, and call back what is out."""
        self._feed = replace(self._feed, paused=True)
        self._tell()
        self._call_back()

    @workflow.signal
    def resume(self) -> None:
        """Go on."""
        self._feed = replace(self._feed, paused=False)
        self._tell()

    async def _hand_out(self) -> None:
        while self._failure is None:
            while self._may_hand_out():
                span, self._feed = self._feed.take()
                self._send(span)
            if self._is_idle():
                return
            await workflow.wait_condition(lambda: self._may_hand_out() or self._is_idle() or self._failure is not None)
        raise self._failure

    def _may_hand_out(self) -> bool:
        feed = self._feed
        return not (feed.is_over or feed.paused or self._is_full() or len(self._out) >= feed.at_once)

    def _is_idle(self) -> bool:
        return not self._out and not self._feed.paused

    def _is_full(self) -> bool:
        """Return whether the history is long enough: what is out is waited for, and a new execution goes on."""
        return self._handed >= self._feed.chunks_a_history or workflow.info().is_continue_as_new_suggested()

    def _send(self, span: Span) -> None:
        self._handed += 1
        self._out[span.first] = workflow.start_activity(
            _CHUNK,
            span,
            start_to_close_timeout=_LONGEST,
            heartbeat_timeout=timedelta(seconds=self._feed.heartbeat_s),
            retry_policy=_RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        task = asyncio.create_task(self._await(span))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _await(self, span: Span) -> None:
        try:
            await self._out[span.first]
            self._feed = replace(self._feed, done=self._feed.done + span.end - span.first)
            self._tell()
        except ActivityError as error:
            # Temporal tries nothing again that was called back, so that the death of its worker comes here, too.
            if not is_cancelled_exception(error) and span.first not in self._called_back:
                self._failure = error
            self._feed = replace(self._feed, again=(*self._feed.again, span))
        finally:
            del self._out[span.first]
            self._called_back.discard(span.first)

    def _call_back(self) -> None:
        self._called_back |= self._out.keys()
        for handle in self._out.values():
            handle.cancel()

    def _tell(self) -> None:
        """Let `describe` show how far it is, also while no worker is there to answer a query."""
        workflow.upsert_memo(self._told())

    def _told(self) -> dict[str, Any]:
        return {"done": self._feed.done, "paused": self._feed.paused}


# ---- the activity


class _Chunk:
    """Runs the chunks that Temporal hands to this process, and gives signs of life meanwhile."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    @activity.defn(name=_CHUNK)
    async def run(self, span: Span) -> None:
        """Send what the span still needs. Ends early, with nothing in flight, when it or the worker is told to."""
        stop = Stop()
        async with _signs_of_life(span, stop) as seen:
            work = asyncio.create_task(_explained(self._chunks(span, stop=stop, progress=seen)))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                stop.set("the run was paused or cancelled")
                await asyncio.wait({work})
                work.exception()  # known: what is left is left to whoever goes on
                raise


@asynccontextmanager
async def _signs_of_life(span: Span, stop: Stop) -> AsyncIterator[Latest]:
    seen = Latest()
    tasks = [asyncio.create_task(_beat(span, seen)), asyncio.create_task(_heed_shutdown(stop))]
    try:
        yield seen
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beat(span: Span, seen: Latest) -> None:
    """Tell how many enrollments of the span are done, as far as its activities tell."""
    while True:
        done, total = seen.event.done, seen.event.total
        activity.heartbeat((span.end - span.first) * done // total if total else 0)
        await asyncio.sleep(_BEAT_S)


async def _heed_shutdown(stop: Stop) -> None:
    await activity.wait_for_worker_shutdown()
    stop.set("the worker was told to end")


async def _explained(work: Any) -> None:
    """Await *work*; what Temporal gets to see of a failure is its kind, the worker's log has the rest."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the outermost shell of an activity
        known = isinstance(error, CadenceError)
        _log.warning("a chunk ended early and is tried again: %s", error, exc_info=not known)
        raise ApplicationError(
            shown(error),
            type=type(error).__name__,
            next_retry_delay=_AT_ONCE if activity.is_worker_shutdown() else None,
            category=ApplicationErrorCategory.BENIGN if known else ApplicationErrorCategory.UNSPECIFIED,
        ) from None


# ---- the connection


class Temporal:
    """A connection to Temporal. All methods raise SubmissionError where it does not answer or does not know the run."""

    def __init__(self, client: Client, settings: TemporalSettings) -> None:
        self._client = client
        self._settings = settings

    @classmethod
    async def connect(cls, settings: TemporalSettings, *, as_worker: bool = False) -> Temporal:
        """Return the connection. Raises SubmissionError, and ConfigError for settings that cannot be used."""
        tls, interceptors = _tls(settings), _interceptors(settings)
        runtime = _runtime(settings.metrics if as_worker else "", as_worker=as_worker)
        try:
            client = await Client.connect(
                settings.address,
                namespace=settings.namespace,
                api_key=settings.api_key or None,
                tls=tls,
                runtime=runtime,
                interceptors=interceptors,
                connect_timeout=_CALL,
            )
        except (RuntimeError, ValueError) as error:
            raise unreached(settings, str(error)) from error
        with _in_words(settings):
            await client.service_client.check_health(timeout=_CALL)
        return cls(client, settings)

    async def start(self, feed: Feed) -> None:
        """Start the run; one that is running already goes on as it is."""
        with _in_words(self._settings, feed.run):
            await self._client.start_workflow(
                _BULK,
                feed,
                id=_PREFIX + feed.run,
                task_queue=self._settings.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                memo={"total": feed.total, "since": feed.since, "done": 0, "paused": False},
                rpc_timeout=_CALL,
            )

    async def progress(self, run: str) -> BulkProgress:
        """Return how the run stands; of chunks that are out, what their workers tell. Raises NoRun."""
        with _in_words(self._settings, run):
            described = await self._client.get_workflow_handle(_PREFIX + run).describe(rpc_timeout=_CALL)
            found = await _progress(described)
            if found.is_over:
                return found
            pending = described.raw_description.pending_activities
            done = min(found.done + sum(map(_done_of, pending)), found.total)
            return replace(found, done=done, trouble=_trouble(pending), workers=await self._workers())

    async def runs(self, limit: int) -> list[BulkProgress]:
        """Return the runs that Temporal remembers, the newest first, at most *limit*."""
        query = (
            f"WorkflowType = '{_BULK}' AND TaskQueue = '{self._settings.task_queue}' "
            "AND ExecutionStatus != 'ContinuedAsNew'"
        )
        with _in_words(self._settings):
            workers = await self._workers()
            listed = self._client.list_workflows(query, limit=limit, rpc_timeout=_CALL)
            return [replace(await _progress(each), workers=workers) async for each in listed]

    async def steer(self, run: str, how: str) -> None:
        """Pause, resume or cancel the run, as *how* says."""
        handle = self._client.get_workflow_handle(_PREFIX + run)
        with _in_words(self._settings, run):
            if how == "cancel" and (await _progress(await handle.describe(rpc_timeout=_CALL))).is_over:
                raise no_run(run)  # Temporal takes it for done
            await (handle.cancel(rpc_timeout=_CALL) if how == "cancel" else handle.signal(how, rpc_timeout=_CALL))

    async def work(self, chunks: Chunks, *, at_once: int, stop: Stop, promote: bool = True) -> None:
        """Run chunks, *at_once* of them, until *stop*; then finish what is in flight and hand the rest back.

        *promote* makes this version the one that Temporal gives work to, also that of runs which older ones began.
        """
        version = WorkerDeploymentVersion(self._settings.deployment or "cadence", __version__)
        versioned = bool(self._settings.deployment)
        moves = VersioningBehavior.AUTO_UPGRADE if versioned else VersioningBehavior.UNSPECIFIED
        worker = Worker(
            self._client,
            task_queue=self._settings.task_queue,
            workflows=[Bulk],
            activities=[_Chunk(chunks).run],
            max_concurrent_activities=at_once,
            max_heartbeat_throttle_interval=_LATEST_BEAT,
            default_heartbeat_throttle_interval=_LATEST_BEAT,
            graceful_shutdown_timeout=_GRACE,
            deployment_config=WorkerDeploymentConfig(version, versioned, moves),
        )
        async with worker:
            if promote and versioned:
                await self._promote(version)
            _log.info("working on task queue '%s' of %s", self._settings.task_queue, self._settings.address)
            await stop.wait()

    async def _promote(self, version: WorkerDeploymentVersion) -> None:
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._settings.namespace,
            deployment_name=version.deployment_name,
            build_id=version.build_id,
            ignore_missing_task_queues=True,
            allow_no_pollers=True,
        )
        try:
            await self._client.workflow_service.set_worker_deployment_current_version(request, timeout=_CALL)
        except RPCError as error:
            _log.warning(not_promoted(version.to_canonical_string(), error.message))

    async def _workers(self) -> int:
        queue, kind = TaskQueue(name=self._settings.task_queue), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        request = DescribeTaskQueueRequest(namespace=self._settings.namespace, task_queue=queue, task_queue_type=kind)
        described = await self._client.workflow_service.describe_task_queue(request, timeout=_CALL)
        return len(described.pollers)


async def _progress(execution: WorkflowExecution) -> BulkProgress:
    memo: Mapping[str, Any] = await execution.memo()
    return BulkProgress(
        run=execution.id.removeprefix(_PREFIX),
        state=state_of(execution.status.name if execution.status else "", paused=bool(memo.get("paused"))),
        done=int(memo.get("done", 0)),
        total=int(memo.get("total", 0)),
        since=int(memo.get("since", 0)),
        started_at=execution.start_time.replace(microsecond=0),
    )


def _done_of(pending: PendingActivityInfo) -> int:
    """Return about how many enrollments of a chunk that is out are done, by its last sign of life."""
    details = pending.heartbeat_details.payloads
    return int(json.loads(details[0].data)) if details else 0


def _trouble(pending: Iterable[PendingActivityInfo]) -> tuple[str, ...]:
    return tuple({each.last_failure.message: None for each in pending if each.last_failure.message})


def _tls(settings: TemporalSettings) -> TLSConfig | bool:
    files = read_certificates(settings)
    if files is None:
        return settings.tls or bool(settings.api_key)
    return TLSConfig(server_root_ca_cert=files.ca, client_cert=files.cert, client_private_key=files.key)


@cache
def _runtime(metrics: str, *, as_worker: bool) -> Runtime:
    """Return what runs the SDK's core, whose log goes to stdout by default: a worker's goes where its own does.

    That of others goes nowhere: whoever follows a run is told by its progress what Temporal does.
    """
    forwarded = LogForwardingConfig(logger=_log)
    logs = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarded)
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs if as_worker else None, metrics=_metrics(metrics)))
    except (RuntimeError, ValueError) as error:
        raise no_metrics(metrics, str(error)) from error


def _metrics(where: str) -> OpenTelemetryConfig | PrometheusConfig | None:
    if not where:
        return None
    return OpenTelemetryConfig(url=where) if "://" in where else PrometheusConfig(bind_address=where)


def _interceptors(settings: TemporalSettings) -> list[Any]:
    if not settings.traces:
        return []
    try:
        from temporalio.contrib.opentelemetry import TracingInterceptor  # noqa: PLC0415 - not installed with it
    except ImportError:
        raise no_tracing() from None
    return [TracingInterceptor()]


@contextmanager
def _in_words(settings: TemporalSettings, run: str = "") -> Iterator[None]:
    try:
        yield
    except RPCError as error:
        raise fault(settings, error.status.name, error.message, run=run) from error

"""A Temporal server, a PostgreSQL, a CRM over HTTP, and a project that uses all three."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from cadence.clock import SystemClock
from tests.contracts.crm.running import Reached
from tests.postgres import fresh_database
from tests.temporal.account import Account, Delayed
from tests.temporal.processes import Command, TemporalServer, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Hire = Callable[..., Worker]

SETTINGS = """\
[ledger]
url = "{ledger}"
[targets.crm]
base_url = "{base_url}"
api_key = "{api_key}"
business_id = "{business_id}"
user_id = "{user_id}"
[submit]
quiet_period = 1
timeout = 10
concurrency = 2
[temporal]
address = "{address}"
task_queue = "{name}"
deployment = "{name}"
heartbeat = 3
"""


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    yield
    Command.end_all()


@pytest.fixture
def ledger_url() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path_factory.mktemp("temporal"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def server(temporal: TemporalServer) -> TemporalServer:
    """The server that a test uses; one that kills it has its own."""
    return temporal


@pytest.fixture
def delay() -> float:
    """Seconds that the CRM takes for a POST."""
    return 0.0


@pytest.fixture
def account(project: Path, ledger_url: str, server: TemporalServer, delay: float) -> Iterator[Account]:
    reached = Reached(project / "crm.db", SystemClock())
    reached.app = slow = Delayed(reached.app, delay)
    with reached.over("over HTTP"):
        settings = {
            "ledger": ledger_url,
            "base_url": reached.base_url,
            "api_key": reached.key.api_key,
            "business_id": reached.key.business_id,
            "user_id": reached.key.user_id,
            "address": server.address,
            "name": f"cadence-{uuid.uuid4().hex[:12]}",
        }
        (project / "cadence.toml").write_text(SETTINGS.format(**settings), encoding="utf-8")
        yield Account(project, reached, SystemClock(), delayed=slow)
    reached.store.close()


@pytest.fixture
def hire(account: Account) -> Iterator[Hire]:
    """Start a worker, ready to work; all end with the test."""
    hired: list[Worker] = []

    def start(**options: Any) -> Worker:
        hired.append(Worker(account.folder, name=f"worker-{len(hired)}", **options))
        return hired[-1].ready()

    yield start
    for worker in hired:
        worker.kill()

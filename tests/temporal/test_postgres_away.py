"""A PostgreSQL that is away while Temporal hands out work: said, waited for, and nothing lost or doubled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.postgres import OwnServer
from tests.temporal.account import STEPS
from tests.temporal.processes import Command, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = [pytest.mark.slow, pytest.mark.crash]

RECORDS = 5


@pytest.fixture(scope="module")
def postgres() -> OwnServer:
    return OwnServer()


@pytest.fixture
def ledger_url(postgres: OwnServer) -> Iterator[str]:
    yield postgres.url
    with psycopg.connect(postgres.url) as connection:
        connection.execute("DROP SCHEMA cadence_ledger CASCADE")


def test_a_ledger_that_is_away_is_tried_again_and_the_run_completes(
    account: Account, hire: Hire, postgres: OwnServer
) -> None:
    run = account.plan(RECORDS).digest[:16]
    applied = Command(account.folder, "apply", "plan.json", "--engine", "temporal", "--format", "json")
    until(lambda: Command(account.folder, "bulk", "pause", run).done()[0] == 0, what="the start of the run")
    worker = hire()
    postgres("stop")
    assert Command(account.folder, "bulk", "resume", run).done()[0] == 0
    until(lambda: "is tried again: ledger 'postgresql://postgres@/postgres'" in worker.text(), what="the absence")
    code, _, err = Command(account.folder, "bulk", "status", run).done()
    assert (code, err.splitlines()[0]) == (
        1,
        "error: ledger 'postgresql://postgres@/postgres' cannot be reached: No such file or directory",
    )
    postgres("start")
    code, out, err = applied.done(within=180)
    assert (code, json.loads(out)["scheduled"]) == (0, RECORDS * STEPS), err
    assert "tries again: the ledger could not be used; the worker's log says why" in err
    assert len(account.sent()) == len(set(account.sent())) == RECORDS * STEPS

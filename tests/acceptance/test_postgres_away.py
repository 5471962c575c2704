"""A real PostgreSQL that restarts, closes connections or stays away while a real run is under way."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from cadence.clock import SystemClock
from cadence.errors import LedgerAway
from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, submit
from tests.contracts.crm.running import Reached
from tests.postgres import OwnServer
from tests.temporal.account import STEPS, Account, delayed
from tests.temporal.processes import Command, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan

pytestmark = [pytest.mark.slow, pytest.mark.crash]

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
concurrency = 4
"""
RECORDS = 15
TOTAL = RECORDS * STEPS
NAME = "postgresql://postgres@/postgres"


@pytest.fixture(scope="module")
def server() -> OwnServer:
    return OwnServer()


@pytest.fixture
def account(project: Path, server: OwnServer) -> Iterator[Account]:
    reached = Reached(project / "crm.db", SystemClock())
    reached.app = delayed(reached.app, 0.1)
    with reached.over("over HTTP"):
        key = reached.key
        settings = {"api_key": key.api_key, "business_id": key.business_id, "user_id": key.user_id}
        text = SETTINGS.format(ledger=server.url, base_url=reached.base_url, **settings)
        (project / "cadence.toml").write_text(text, encoding="utf-8")
        yield Account(project, reached, SystemClock())
    reached.store.close()
    Command.end_all()
    with psycopg.connect(server.url) as connection:
        connection.execute("DROP SCHEMA cadence_ledger CASCADE")


def written(server: OwnServer) -> dict[str, int]:
    """Return how many attempts to create the ledger has, by outcome."""
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT outcome, count(*) FROM cadence_ledger.attempts WHERE operation = 'create' GROUP BY outcome"
        )
        return {str(outcome): int(count) for outcome, count in rows}


def assert_each_once(account: Account, plan: Plan) -> None:
    sent = [marker for marker, _ in account.sent()]
    assert sorted(sent) == sorted(activity.marker for activity in plan.activities)


@pytest.mark.parametrize("how", ["restart", "end sessions"])
def test_a_run_goes_on_where_the_server_restarts(account: Account, server: OwnServer, how: str) -> None:
    plan = account.plan(RECORDS)
    applied = Command(account.folder, "apply", "plan.json", "--format", "json")
    for share in (0.2, 0.5):
        until(lambda: len(account.sent()) > TOTAL * share, what="the first activities")  # noqa: B023 - awaited here
        server("restart") if how == "restart" else server.end_sessions()
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"], json.loads(out)["in_doubt"]) == (0, TOTAL, 0), err
    assert f"waiting: ledger '{NAME}' " in err
    assert "(Ctrl-C leaves; running the same command again goes on)" in err
    assert_each_once(account, plan)
    assert written(server)["accepted"] == TOTAL


def test_a_server_that_stays_away_ends_the_run_with_its_name_and_the_next_run_completes(
    account: Account, server: OwnServer
) -> None:
    plan = account.plan(RECORDS)
    ended: list[BaseException] = []
    run = threading.Thread(target=_apply, args=(account, server.url, plan, ended))
    run.start()
    until(lambda: len(account.sent()) > 10, what="the first activities")
    server("stop")
    run.join(60)
    sent = len(account.sent())
    server("start")
    assert isinstance(ended[0], LedgerAway)
    assert str(ended[0]).startswith(f"ledger '{NAME}' cannot be reached: ")
    assert str(ended[0]).endswith(
        "; start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
    )
    code, out, err = Command(account.folder, "apply", "plan.json", "--format", "json").done()
    report = json.loads(out)
    assert (code, report["scheduled"] + report["adopted"] + report["kept"]) == (0, TOTAL), err
    assert 10 < sent < TOTAL
    assert_each_once(account, plan)


def _apply(account: Account, url: str, plan: Plan, ended: list[BaseException]) -> None:
    """Apply *plan* with a short lease, so that patience is short, too."""
    pace = Pace(lease=timedelta(seconds=4), margin=timedelta(seconds=1), concurrency=4)

    async def send() -> None:
        async with account.reached.client() as client:
            with open_ledger(url) as ledger:
                await submit(ledger, client, plan, conditions=Conditions(SystemClock(), by="ada", pace=pace))

    try:
        asyncio.run(send())
    except LedgerAway as error:
        ended.append(error)

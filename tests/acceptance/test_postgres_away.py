"""A real PostgreSQL that restarts, closes connections or stays away while a real run is under way."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from cadence.clock import SystemClock
from cadence.errors import LedgerAway
from cadence.ledger import open_ledger
from cadence.runner import Conditions, Pace, submit
from tests.acceptance.applying import STEPS, Shop, open_shop
from tests.postgres import OwnServer
from tests.temporal.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan

pytestmark = [pytest.mark.slow, pytest.mark.crash]

RECORDS = 15
TOTAL = RECORDS * STEPS
NAME = "postgresql://postgres@/postgres"


@pytest.fixture(scope="module")
def server() -> OwnServer:
    return OwnServer()


@pytest.fixture
def shop(project: Path, server: OwnServer) -> Iterator[Shop]:
    with open_shop(project, server.url, delay=0.1) as shop:
        yield shop
    with psycopg.connect(server.url) as connection:
        connection.execute("DROP SCHEMA cadence_ledger CASCADE")


def written(server: OwnServer) -> dict[str, int]:
    """Return how many attempts to create the ledger has, by outcome."""
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT outcome, count(*) FROM cadence_ledger.attempts WHERE operation = 'create' GROUP BY outcome"
        )
        return {str(outcome): int(count) for outcome, count in rows}


@pytest.mark.parametrize("how", ["restart", "end sessions"])
def test_a_run_goes_on_where_the_server_restarts(shop: Shop, server: OwnServer, how: str) -> None:
    plan = shop.account.plan(RECORDS)
    applied = shop.apply()
    for share in (0.2, 0.5):
        until(lambda: shop.sent() > TOTAL * share, what="the first activities")  # noqa: B023 - awaited here
        server("restart") if how == "restart" else server.end_sessions()
    code, report, err = applied.done()
    assert (code, report["scheduled"], report["in_doubt"]) == (0, TOTAL, 0), err
    assert f"waiting: ledger '{NAME}' " in err
    assert "(Ctrl-C leaves; running the same command again goes on)" in err
    shop.assert_each_once(plan)
    assert written(server)["accepted"] == TOTAL


def test_a_server_that_stays_away_ends_the_run_with_its_name_and_the_next_run_completes(
    shop: Shop, server: OwnServer
) -> None:
    plan = shop.account.plan(RECORDS)
    ended: list[BaseException] = []
    run = threading.Thread(target=_submit, args=(shop, server.url, plan, ended))
    run.start()
    until(lambda: shop.sent() > 10, what="the first activities")
    server("stop")
    run.join(60)
    sent = shop.sent()
    server("start")
    assert isinstance(ended[0], LedgerAway)
    assert str(ended[0]).startswith(f"ledger '{NAME}' cannot be reached: ")
    assert str(ended[0]).endswith(
        "; start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
    )
    assert 10 < sent < TOTAL
    shop.assert_completed(plan)


def _submit(shop: Shop, url: str, plan: Plan, ended: list[BaseException]) -> None:
    """Apply *plan* with a short lease, so that patience is short, too."""
    pace = Pace(lease=timedelta(seconds=4), margin=timedelta(seconds=1), concurrency=4)

    async def send() -> None:
        async with shop.account.reached.client() as client:
            with open_ledger(url) as ledger:
                await submit(ledger, client, plan, conditions=Conditions(SystemClock(), by="ada", pace=pace))

    try:
        asyncio.run(send())
    except LedgerAway as error:
        ended.append(error)

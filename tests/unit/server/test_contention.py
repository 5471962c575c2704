"""Several programs on one store, and a store that cannot be written."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from cadence.server.local import open_local
from cadence.server.seed import add_business
from cadence.server.store.opening import open_store
from cadence.server.store.schema import businesses, roles
from tests.unit.server.service import SCHEDULED, Service

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from cadence.clock import Clock

WHOLE = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}


def test_two_programs_may_write_to_one_store_at_once(tmp_path: Path, clock: Clock) -> None:
    def adding(name: str) -> Any:
        return lambda connection: add_business(connection, name, name=name, now=clock.now())

    async def both() -> None:
        stores = (first, second)
        await asyncio.gather(*(store.write(adding(f"{n}-{k}")) for n, store in enumerate(stores) for k in range(25)))

    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(url) as first, open_store(url) as second:
        asyncio.run(both())
        assert first.read_now(lambda c: c.execute(select(func.count()).select_from(businesses)).scalar()) == 50


def test_several_programs_may_make_one_store_at_once(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    ready, failures = threading.Barrier(4), []

    def make() -> None:
        ready.wait()
        try:
            store, _ = open_local(url, now=clock.now())
            store.close()
        except Exception as error:  # noqa: BLE001 - whatever happens in a thread is shown below
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_store_that_another_program_holds_is_a_503_with_when_to_try_again(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadence.server.store.sqlite._PRAGMAS", ("PRAGMA busy_timeout=20",))
    service = Service(f"sqlite:///{tmp_path / 'activities.db'}", clock)
    holder = sqlite3.connect(tmp_path / "activities.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answered = service.call("POST", SCHEDULED, WHOLE)
    holder.execute("ROLLBACK")
    holder.close()
    assert (answered.status, answered.headers["retry-after"]) == (503, "1")
    assert answered.json == {"detail": "The store is busy; try again.", "code": "busy"}
    assert service.call("GET", SCHEDULED).json["count"] == 0
    assert service.call("POST", SCHEDULED, WHOLE).status == 201
    service.store.close()


def test_a_commit_that_fails_is_every_waiting_write_s_failure_and_the_next_one_works(
    tmp_path: Path, clock: Clock
) -> None:
    def adding(name: str) -> Any:
        return lambda connection: add_business(connection, name, name=name, now=clock.now())

    def failing_at_commit(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        role = insert(roles).values(business_id="nobody", id="r", name="r")
        connection.execute(role)

    async def together() -> list[Any]:
        gate = threading.Event()
        first = asyncio.create_task(store.write(lambda _c: gate.wait(10)))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(store.write(work)) for work in (adding("one"), failing_at_commit, adding("two"))]
        await asyncio.sleep(0.05)
        gate.set()
        return await asyncio.gather(first, *waiting, return_exceptions=True)

    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        outcomes = asyncio.run(together())
        assert outcomes[0] is True
        assert [type(outcome) for outcome in outcomes[1:]] == [IntegrityError] * 3
        assert store.read_now(lambda c: c.execute(select(businesses.c.id)).all()) == []
        assert asyncio.run(store.write(adding("three"))) is True


def test_a_full_disk_refuses_the_write_and_leaves_the_store_as_it_was(tmp_path: Path, clock: Clock) -> None:
    def grow(connection: Connection) -> None:
        # A limit on pages is how SQLite says "disk full" on request.
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        add_business(connection, "b", name="x" * 10_000_000, now=clock.now())

    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        with pytest.raises(OperationalError, match="full"):
            asyncio.run(store.write(grow))
        assert store.read_now(lambda c: c.execute(select(businesses.c.id)).all()) == []

"""A store on PostgreSQL: made, migrated, shared by several processes, and refused in words."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, select, text

from cadence.errors import TargetError
from cadence.server.seed import add_business
from cadence.server.store.migrations.upgrade import upgrade
from cadence.server.store.opening import open_store
from cadence.server.store.schema import METADATA, businesses
from tests import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.clock import Clock

COLUMNS = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
)
INDEXES = "SELECT indexname, replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema()"
CONSTRAINTS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace"
)


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.fresh_database() as made:
        yield made


def tables_in(connection: Connection) -> set[tuple[Any, ...]]:
    queries = (COLUMNS, INDEXES, CONSTRAINTS)
    return {tuple(row) for query in queries for row in connection.execute(text(query))}


def test_a_new_store_equals_the_sum_of_the_migrations(url: str) -> None:
    with open_store(url) as store:
        made = store.read_now(tables_in)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA migrated; SET LOCAL search_path = migrated"))
        upgrade(connection, schema="migrated")
        migrated = tables_in(connection)
    engine.dispose()
    assert {table for table, *_ in made} >= set(METADATA.tables)
    assert made == migrated


def test_several_stores_live_in_one_database(url: str, clock: Clock) -> None:
    with open_store(url) as first, open_store(f"{url}&schema=another") as second:
        first.write_now(lambda c: add_business(c, "b", name="First", now=clock.now()))
        assert second.read_now(lambda c: c.execute(select(businesses.c.id)).all()) == []


def test_a_schema_of_something_else_is_left_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA photos; CREATE TABLE photos.albums (id int)")
    with pytest.raises(TargetError) as caught:
        open_store(f"{url}&schema=photos")
    assert "is a database of something else (it holds the table 'albums')" in str(caught.value)


def test_what_one_process_checks_no_other_changes_before_it_writes(url: str, clock: Clock) -> None:
    """Two stores add the same business at once, each only where it is missing: neither meets the other's."""
    with open_store(url) as one, open_store(url) as other:
        start = threading.Barrier(2)
        added: list[bool] = []

        def add(store: Any) -> None:
            start.wait()
            added.append(store.write_now(lambda c: add_business(c, "b", name="B", now=clock.now())))

        threads = [threading.Thread(target=add, args=(store,)) for store in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(added) == [False, True]


def test_two_that_make_the_store_at_once_make_one(url: str) -> None:
    async def both() -> None:
        stores = await asyncio.gather(*(asyncio.to_thread(open_store, url) for _ in range(2)))
        for store in stores:
            store.close()

    asyncio.run(both())
    with open_store(url) as store:
        versions = store.read_now(lambda c: c.execute(text("SELECT count(*) FROM alembic_version")).scalar_one())
    assert versions == 1


def test_a_read_sees_one_state_of_the_store_and_cannot_write(url: str, clock: Clock) -> None:
    with open_store(url) as store:

        def read(connection: Connection) -> list[int]:
            counts = []
            for name in "ab":
                store.write_now(lambda c, name=name: add_business(c, name, name=name, now=clock.now()))  # type: ignore[misc]
                counts.append(len(connection.execute(select(businesses.c.id)).all()))
            return counts

        assert store.read_now(lambda c: [len(c.execute(select(businesses.c.id)).all()), *read(c)]) == [0, 0, 0]
        with pytest.raises(Exception, match="read-only transaction"):
            store.read_now(lambda c: add_business(c, "c", name="c", now=clock.now()))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("postgresql://postgres@/nowhere?host={host}", 'database "nowhere" does not exist'),
        ("postgresql://nobody@/postgres?host={host}", 'role "nobody" does not exist'),
        ("postgresql://postgres:s3cret@127.0.0.1:1/postgres?password=s3cret", "Connection refused"),
    ],
)
def test_what_cannot_be_reached_is_refused_in_words(broken: str, reason: str) -> None:
    host = postgres.server().get_postmaster_info().socket_dir
    address = broken.format(host=host)
    with pytest.raises(TargetError) as caught:
        open_store(address)
    assert f"cannot be opened ({reason})" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.hint == "start its server, or correct the url"

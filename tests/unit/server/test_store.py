"""Opening a store: made, found again, or refused with the way out; and what it promises of a write."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import OperationalError

import cadence.server.store.migrations as migrations_package
from cadence.errors import TargetError
from cadence.server.seed import LOCAL_BUSINESS, add_business, seed
from cadence.server.store.keys import find_keys
from cadence.server.store.migrations.upgrade import upgrade
from cadence.server.store.opening import open_store
from cadence.server.store.schema import HEAD, METADATA, OLDER, businesses
from cadence.server.store.totals import amounts_of

if TYPE_CHECKING:
    from cadence.clock import Clock


OLD_ROWS = """
INSERT INTO businesses VALUES ('b', 'B', '', NULL, 1);
INSERT INTO activity_types
VALUES ('b', 't', 'Call', 'call', '', 'all_objects_associated', '[]', NULL, NULL, NULL, NULL, 1, NULL);
INSERT INTO objects VALUES ('b', 'o', 'deal', 'Deals', 1);
INSERT INTO records VALUES ('b', 'r', 'o', '', '', '', '{}', 1, 1);
INSERT INTO api_keys VALUES ('k', 'b', 'u', 'admin', '', 'd', 1, NULL);
INSERT INTO logged_activities VALUES ('l1', 'b', 't', NULL, '', '[]', '[]', '[]', 1, 'u'),
                                     ('l2', 'b', 't', NULL, '', '[]', '[]', '[]', 1, 'u');
INSERT INTO scheduled_activities (id, business_id, type_id, due_at, original_due_at, note, mentions, notify_mentioned,
                                  notifications, created_at, created_by, updated_at)
VALUES ('s1', 'b', 't', 1, 1, '', '[]', 0, '[]', 1, 'u', 1), ('s2', 'b', 't', 1, 1, '', '[]', 0, '[]', 1, 'u', 1),
       ('s3', 'b', 't', 1, 1, '', '[]', 0, '[]', 1, 'u', 1)
"""


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def tables_in(connection: Connection) -> dict[str, frozenset[str]]:
    """Return each table and index with the clauses of its definition, whose order means nothing."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: clauses_of(sql) for name, sql in rows}


def clauses_of(definition: str) -> frozenset[str]:
    head, _, body = " ".join(definition.split()).partition("(")
    clauses = re.split(r",(?![^(]*\))", body.strip().removesuffix(")"))
    return frozenset(clause.strip() for clause in [head, *clauses])


def test_a_new_store_equals_the_sum_of_the_migrations(tmp_path: Path) -> None:
    with open_store(url_of(tmp_path / "made.db")) as store:
        made = store.read_now(tables_in)
    engine = create_engine(url_of(tmp_path / "migrated.db"))
    with engine.begin() as connection:
        upgrade(connection)
        migrated = tables_in(connection)
    engine.dispose()
    assert set(METADATA.tables) < set(made)
    assert made == migrated


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations_package.__file__)).parent))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert revisions == [HEAD, *reversed(OLDER)]


def test_a_migrated_store_is_taken_as_it_is(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "migrated.db"
    engine = create_engine(url_of(path))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    with open_store(url_of(path)) as store:
        seed(store, now=clock.now())
        assert store.read_now(lambda c: c.execute(select(businesses.c.id)).scalars().all()) == [LOCAL_BUSINESS]


def test_a_store_of_the_first_revision_is_brought_up_to_date_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    engine = create_engine(url_of(path))
    with engine.begin() as connection:
        upgrade(connection, "0001")
        for statement in OLD_ROWS.split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with open_store(url_of(path)) as store:
        wanted = ["scheduled", "logged:t", "records:o"]
        assert store.read_now(lambda c: amounts_of(c, "b", wanted)) == {"scheduled": 3, "logged:t": 2, "records:o": 1}
        (key,) = store.read_now(find_keys)
        assert (key["id"], key["prefix"], key["last_used_at"]) == ("k", "", None)


def test_seeding_again_changes_nothing(tmp_path: Path, clock: Clock) -> None:
    with open_store(url_of(tmp_path / "store.db")) as store:
        seed(store, now=clock.now())
        before = store.read_now(dump)
        seed(store, now=clock.now())
        assert not store.write_now(lambda c: add_business(c, LOCAL_BUSINESS, name="Again", now=clock.now()))
        assert store.read_now(dump) == before


def dump(connection: Connection) -> list[Any]:
    return [connection.execute(select(table)).all() for table in METADATA.sorted_tables]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    open_store(url_of(path)).close()
    assert path.is_file()


def test_a_write_is_synced_to_disk_before_it_is_answered(tmp_path: Path) -> None:
    with open_store(url_of(tmp_path / "store.db")) as store:
        pragmas = {
            name: store.read_now(lambda c, name=name: c.exec_driver_sql(f"PRAGMA {name}").scalar())  # type: ignore[misc]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def refusal(path: Path) -> str:
    with pytest.raises(TargetError) as caught:
        open_store(url_of(path))
    return str(caught.value)


def test_a_store_of_a_later_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(url_of(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert refusal(path) == (
        f"store 'sqlite:///{path}' is newer than this program (revision '9999', known up to '{HEAD}'); "
        "update cadence-engine"
    )


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (id)")
    connection.close()
    assert refusal(path) == (
        f"store 'sqlite:///{path}' is a database of something else (it holds the table 'photos'); "
        "choose another place with `url` in [targets.local], or --db"
    )


def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database at all" * 500)
    assert refusal(path) == (
        f"store 'sqlite:///{path}' is damaged (file is not a database); "
        "restore it from a backup, or move it away to begin a new one"
    )
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"store '{tmp_path}' is a folder, not a file; choose another place with `url` in [targets.local], or --db"
    )


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file" / "store.db") == (
        f"store '{tmp_path / 'file' / 'store.db'}': its folder cannot be made (File exists); "
        "choose another place with `url` in [targets.local], or --db"
    )


def test_a_store_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    open_store(url_of(path)).close()
    # An administrator may write everything, so the system's answer is given here in place of a real refusal.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert refusal(path) == f"store '{path}' may not be written; give yourself write permission on '{path}'"


def test_a_store_that_may_not_be_written_is_read_with_what_others_have_just_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    path = tmp_path / "store.db"
    with open_store(url_of(path)) as other:
        other.write_now(lambda connection: add_business(connection, "b", name="Bakery", now=clock.now()))
        monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # as above
        with open_store(url_of(path), reading=True) as store:
            assert store.read_now(lambda connection: connection.scalar(select(businesses.c.name))) == "Bakery"
            with pytest.raises(OperationalError, match="readonly"):
                store.write_now(lambda connection: add_business(connection, "c", name="Cafe", now=clock.now()))


def test_a_store_that_would_have_to_be_migrated_is_not_read_where_it_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    open_store(url_of(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [OLDER[-1]])
    connection.close()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # as above
    with pytest.raises(TargetError) as caught:
        open_store(url_of(path), reading=True)
    assert str(caught.value) == (
        f"store 'sqlite:///{path}' is older and has to be brought up to date, but may not be written; "
        "give yourself write permission on it and on its folder"
    )


def test_a_locked_store_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence.server.store.sqlite._PRAGMAS", ("PRAGMA busy_timeout=20",))
    path = tmp_path / "store.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    message = refusal(path)
    holder.close()
    assert message == f"store 'sqlite:///{path}' is locked by another program; end that program, or wait for it"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "the store's url cannot be read"),
        ("oracle9:///x", "the store's url is of the scheme 'oracle9', expected SQLite or PostgreSQL"),
        ("sqlite://", "the store needs a file: nothing kept in memory survives a crash"),
        ("sqlite:///:memory:", "the store needs a file: nothing kept in memory survives a crash"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url: str, message: str) -> None:
    with pytest.raises(TargetError) as caught:
        open_store(url)
    assert str(caught.value) == (
        f"{message}; write it as sqlite:///FOLDER/activities.db or postgresql://USER@HOST/DATABASE"
    )


def test_writes_that_wait_together_are_kept_or_undone_each_for_itself(tmp_path: Path, clock: Clock) -> None:
    def adding(name: str) -> Any:
        def work(connection: Connection) -> str:
            add_business(connection, name, name=name, now=clock.now())
            if name.startswith("bad"):
                raise LookupError(name)
            return name

        return work

    async def all_at_once(names: list[str]) -> list[Any]:
        return await asyncio.gather(*(store.write(adding(name)) for name in names), return_exceptions=True)

    names = [f"{'bad' if number % 3 == 0 else 'good'}-{number}" for number in range(40)]
    with open_store(url_of(tmp_path / "store.db")) as store:
        outcomes = asyncio.run(all_at_once(names))
        kept = set(store.read_now(lambda c: c.execute(select(businesses.c.id)).scalars().all()))
    assert kept == {name for name in names if name.startswith("good")}
    assert [isinstance(outcome, LookupError) for outcome in outcomes] == [name.startswith("bad") for name in names]


def test_a_write_whose_caller_gave_up_before_its_turn_is_not_done(tmp_path: Path, clock: Clock) -> None:
    async def give_up() -> None:
        held = asyncio.Event()
        loop = asyncio.get_running_loop()
        first = asyncio.create_task(
            store.write(lambda _c: asyncio.run_coroutine_threadsafe(held.wait(), loop).result())
        )
        await asyncio.sleep(0.05)
        second = asyncio.create_task(store.write(lambda c: add_business(c, "late", name="late", now=clock.now())))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.sleep(0)
        held.set()
        await first

    with open_store(url_of(tmp_path / "store.db")) as store:
        asyncio.run(give_up())
        assert store.read_now(lambda c: c.execute(select(businesses.c.id)).all()) == []


def test_a_store_can_be_used_from_one_loop_after_another(tmp_path: Path, clock: Clock) -> None:
    with open_store(url_of(tmp_path / "store.db")) as store:
        for name in ("one", "two"):
            asyncio.run(store.write(lambda c, name=name: add_business(c, name, name=name, now=clock.now())))  # type: ignore[misc]
        assert len(asyncio.run(store.read(lambda c: c.execute(select(businesses)).all()))) == 2


def test_a_read_that_takes_long_does_not_hold_up_the_others(tmp_path: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(_: Connection) -> bool:
        begun.set()
        return may_end.wait(30)

    async def both() -> tuple[int, bool]:
        held = asyncio.create_task(store.read(slow))
        await asyncio.to_thread(begun.wait, 30)
        quick: int = await asyncio.wait_for(
            store.read(lambda reading: reading.exec_driver_sql("SELECT 1").scalar_one()), 20
        )
        may_end.set()
        return quick, await held

    with open_store(url_of(tmp_path / "store.db")) as store:
        assert asyncio.run(both()) == (1, True)

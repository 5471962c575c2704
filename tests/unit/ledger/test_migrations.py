"""The schema made at once is the sum of the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

from cadence.ledger import open_ledger
from cadence.ledger.location import SqliteFile
from cadence.ledger.migrate import alembic_config, prepare
from cadence.ledger.rows import ENTRY_COLUMNS
from cadence.ledger.schema import HEAD, VERSION_TABLE, entries, metadata
from cadence.ledger.sqlite import SqliteDatabase
from tests.postgres import fresh_database
from tests.simulation.plans import plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection

SCHEMA = "cadence_ledger"


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URLs of two empty databases of one kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/fresh.db", f"sqlite:///{tmp_path}/migrated.db"
    else:
        with fresh_database() as one, fresh_database() as other:
            yield one, other


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)


def migrated(url: str) -> Engine:
    engine = engine_of(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    return engine


def described(engine: Engine, schema: str | None = None) -> dict[str, Any]:
    inspector = inspect(engine)
    return {
        name: {
            "columns": [_plain(column) for column in inspector.get_columns(name, schema)],
            "key": inspector.get_pk_constraint(name, schema),
            "foreign": sorted(map(_plain, inspector.get_foreign_keys(name, schema)), key=str),
            "unique": sorted(inspector.get_unique_constraints(name, schema), key=str),
            "checks": sorted(inspector.get_check_constraints(name, schema), key=str),
            "indexes": sorted(inspector.get_indexes(name, schema), key=str),
        }
        for name in sorted(inspector.get_table_names(schema))
        if name != VERSION_TABLE
    }


def _plain(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description in plain values, whatever schema the table is in."""
    plain = {**described, "default": str(described.get("default")).replace(f"{SCHEMA}.", ""), "referred_schema": None}
    return {name: str(value) if name == "type" else value for name, value in plain.items()}


def test_the_tables_made_at_once_are_the_sum_of_the_migrations(urls: tuple[str, str]) -> None:
    fresh, other = urls
    open_ledger(fresh).close()
    whole = described(engine_of(fresh), SCHEMA if fresh.startswith("postgresql") else None)
    assert described(migrated(other)) == whole
    assert len(whole) == len(metadata.tables)


def test_alembic_finds_nothing_left_to_migrate(urls: tuple[str, str]) -> None:
    engine = migrated(urls[0])
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_an_older_ledger_on_postgresql_is_migrated_in_its_schema(urls: tuple[str, str]) -> None:
    """An older ledger is stood in for by one at the base, before the first migration."""
    if urls[0].startswith("sqlite"):
        return
    with engine_of(urls[0]).begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text(f"CREATE TABLE {SCHEMA}.{VERSION_TABLE} (version_num TEXT PRIMARY KEY)"))
    open_ledger(urls[0]).close()
    tables = inspect(engine_of(urls[0]))
    assert set(tables.get_table_names(SCHEMA)) == {*metadata.tables, VERSION_TABLE}
    assert tables.get_table_names("public") == []


def test_enrollments_and_entries_of_before_the_checks_get_theirs(urls: tuple[str, str]) -> None:
    with open_ledger(urls[0]) as ledger:
        ledger.record(plan_of(300, 3, now=NOW), by="ada", at=NOW)
        before = ledger.load([f"r{record}" for record in range(300)])
    prefix = f"{SCHEMA}." if urls[0].startswith("postgresql") else ""
    with engine_of(urls[0]).begin() as connection:
        connection.execute(text(f"ALTER TABLE {prefix}entries DROP COLUMN body_sum"))
        connection.execute(text(f"ALTER TABLE {prefix}entries DROP COLUMN state_sum"))
        connection.execute(text(f"ALTER TABLE {prefix}enrollments DROP COLUMN entry_count"))
        connection.execute(text(f"ALTER TABLE {prefix}leases DROP COLUMN origin"))
        connection.execute(text(f"ALTER TABLE {prefix}leases DROP COLUMN ticks"))
        connection.execute(text(f"UPDATE {prefix}{VERSION_TABLE} SET version_num = '0003'"))  # noqa: S608 - names are ours
    with open_ledger(urls[0]) as ledger:
        assert ledger.load(list(before)) == before
        assert sum(map(len, before.values())) == 900


def test_the_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_an_older_ledger_is_migrated_within_one_transaction(tmp_path: Path) -> None:
    """An older ledger is stood in for by one at the base, before the first migration."""
    engine = create_engine("sqlite://")
    begun: list[str] = []
    event.listen(engine, "begin", lambda _: begun.append("begin"))
    with engine.begin() as connection:
        _stamp_base(connection)
        prepare(connection, SqliteDatabase(SqliteFile(tmp_path / "older.db")))
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, VERSION_TABLE}
    engine.dispose()
    assert begun == ["begin"]


def _stamp_base(connection: Connection) -> None:
    connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT PRIMARY KEY)"))
    connection.execute(text("PRAGMA application_id = 1128549447"))


def test_every_column_of_an_entry_is_written() -> None:
    assert {column.name for column in entries.columns} == set(ENTRY_COLUMNS)

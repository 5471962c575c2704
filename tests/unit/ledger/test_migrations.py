"""The schema made at once is the sum of the migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect, text

from cadence.ledger import open_ledger
from cadence.ledger.location import Location
from cadence.ledger.migrate import alembic_config, prepare
from cadence.ledger.rows import ENTRY_COLUMNS
from cadence.ledger.schema import HEAD, VERSION_TABLE, entries, metadata

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection


def migrated(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    return engine


def described(engine: Engine) -> dict[str, Any]:
    inspector = inspect(engine)
    return {
        name: {
            "columns": [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
            "key": inspector.get_pk_constraint(name),
            "foreign": sorted(inspector.get_foreign_keys(name), key=str),
            "unique": sorted(inspector.get_unique_constraints(name), key=str),
            "checks": sorted(inspector.get_check_constraints(name), key=str),
            "indexes": sorted(inspector.get_indexes(name), key=str),
        }
        for name in sorted(inspector.get_table_names())
        if name != VERSION_TABLE
    }


def test_the_tables_made_at_once_are_the_sum_of_the_migrations(tmp_path: Path) -> None:
    open_ledger(str(tmp_path / "fresh.db")).close()
    fresh = create_engine(f"sqlite:///{tmp_path}/fresh.db")
    whole = described(fresh)
    assert described(migrated(tmp_path / "migrated.db")) == whole
    assert len(whole) == len(metadata.tables)


def test_alembic_finds_nothing_left_to_migrate(tmp_path: Path) -> None:
    with migrated(tmp_path / "migrated.db").connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_an_older_ledger_is_migrated_within_one_transaction(tmp_path: Path) -> None:
    """An older ledger is stood in for by one at the base, before the first migration."""
    engine = create_engine("sqlite://")
    begun: list[str] = []
    event.listen(engine, "begin", lambda _: begun.append("begin"))
    with engine.begin() as connection:
        _stamp_base(connection)
        prepare(connection, Location(tmp_path / "older.db"))
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, VERSION_TABLE}
    assert begun == ["begin"]


def _stamp_base(connection: Connection) -> None:
    connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num TEXT PRIMARY KEY)"))
    connection.execute(text("PRAGMA application_id = 1128549447"))


def test_every_column_of_an_entry_is_written() -> None:
    assert {column.name for column in entries.columns} == set(ENTRY_COLUMNS)

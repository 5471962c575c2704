"""Which revision a store is, and how it gets to the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import inspect, text

from cadence.errors import TargetError
from cadence.server.store.schema import HEAD, METADATA, OLDER

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["bring_to_head", "check_head"]

_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def bring_to_head(engine: Engine, shown: str, *, schema: str | None = None) -> None:
    """Create the tables in an empty database, migrate an older one, refuse one that is newer or not ours.

    On PostgreSQL they are those of *schema*. Raises TargetError; *shown* is what the message calls the store.
    """
    standing = _standing(engine, shown, schema)
    if standing == "empty":
        _create(engine, schema)
    elif standing == "older":
        _migrate(engine, schema)


def check_head(engine: Engine, shown: str) -> None:
    """Raise TargetError for a store that `bring_to_head` would have to write, or would refuse."""
    standing = _standing(engine, shown, None)
    if standing != "newest":
        raise TargetError(
            f"store '{shown}' is {standing} and has to be brought up to date, but may not be written",
            hint="give yourself write permission on it and on its folder",
        )


def _standing(engine: Engine, shown: str, schema: str | None) -> Literal["empty", "older", "newest"]:
    """Return how the store compares with this program. Raises TargetError where it is newer, or not ours."""
    with engine.connect() as connection:
        revision = _revision(connection, schema)
        tables = [] if revision else inspect(connection).get_table_names(schema)
    if revision is None and tables:
        raise TargetError(
            f"store '{shown}' is a database of something else (it holds the table '{tables[0]}')",
            hint="choose another place with `url` in [targets.local], or --db",
        )
    if revision not in (None, HEAD, *OLDER):
        raise TargetError(
            f"store '{shown}' is newer than this program (revision '{revision}', known up to '{HEAD}')",
            hint="update cadence-engine",
        )
    if revision is None:
        return "empty"
    return "newest" if revision == HEAD else "older"


def _revision(connection: Connection, schema: str | None) -> str | None:
    if not inspect(connection).has_table("alembic_version", schema):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _create(engine: Engine, schema: str | None) -> None:
    """Make all tables at once: a test holds this equal to the migrations, and Alembic takes 500 ms to import."""
    with engine.execution_options(writes=True).begin() as connection:
        # Somebody else may have been first while this waited for the lock.
        if _revision(connection, schema) is not None:
            return
        if schema is not None:
            from cadence.server.store.postgres import make_schema  # noqa: PLC0415 - only where it is used

            make_schema(connection, schema)
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(text(_VERSION_TABLE))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _migrate(engine: Engine, schema: str | None) -> None:
    from cadence.server.store.migrations.upgrade import upgrade  # noqa: PLC0415 - Alembic takes 500 ms to import

    with engine.execution_options(writes=True).begin() as connection:
        # Somebody else may have been first while this waited for the lock.
        if _revision(connection, schema) != HEAD:
            upgrade(connection, schema=schema)

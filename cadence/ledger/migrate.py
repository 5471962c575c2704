"""Bring a database to the schema that this program knows.

A fresh one is made whole at once; a test proves that equal to the sum of the migrations. Alembic takes half a second to
import, so it is only when there is something to migrate.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, Table, Text, select

from cadence.errors import LedgerError
from cadence.ledger.schema import HEAD, VERSION_TABLE, metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from cadence.ledger.database import Database

__all__ = ["alembic_config", "check_owner", "check_version", "is_current", "prepare"]

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", Text, primary_key=True))


def check_owner(connection: Connection, database: Database) -> None:
    """Raise LedgerError for a database of another program; an empty one may become ours."""
    if not database.is_empty(connection) and not database.is_ours(connection):
        raise LedgerError(
            f"'{database}' is a database of another program, expected a ledger",
            hint="name another one in [ledger] url, CADENCE_LEDGER__URL or --ledger",
        )


def prepare(connection: Connection, database: Database) -> None:
    """Make or migrate the tables, within the transaction of *connection*.

    Raises LedgerError for a database of a newer program.
    """
    if database.is_empty(connection):
        _create(connection, database)
        return
    found = check_version(connection, database)
    if found != HEAD:
        _upgrade(connection)


def is_current(connection: Connection, database: Database) -> bool:
    """Return whether the tables are those that this program knows. Raises LedgerError as check_version does."""
    return not database.is_empty(connection) and check_version(connection, database) == HEAD


def check_version(connection: Connection, database: Database) -> str:
    """Return the schema version. Raises LedgerError where this program does not know it."""
    version = connection.execute(select(_version.c.version_num)).scalar()
    if version != HEAD and not _is_known(version):
        raise LedgerError(
            f"ledger '{database}' was written by a newer cadence: schema '{version}', this program knows '{HEAD}'",
            hint="upgrade cadence-engine, or name another ledger",
        )
    return str(version)


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the configuration of Alembic for the migrations of this package."""
    from alembic.config import Config  # noqa: PLC0415 - half a second

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _create(connection: Connection, database: Database) -> None:
    database.make_room(connection)
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=HEAD))


def _is_known(version: str | None) -> bool:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - half a second

    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    return version is None or version in known


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - half a second

    command.upgrade(alembic_config(connection), "head")

"""A ledger in a schema of a PostgreSQL database, shared by workers on many machines."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError

from cadence.errors import LedgerError
from cadence.ledger.postgres_faults import explained_fault, sqlstate
from cadence.ledger.rates import Ticks
from cadence.ledger.schema import VERSION_TABLE

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

    from cadence.ledger.location import PostgresSchema

__all__ = ["PostgresDatabase"]

_LOCK_NOT_AVAILABLE = "55P03"
_OLDEST = 120_000  # as the server tells it: 12.0
_IDLE_S = 1.0
_CONNECTION = {
    "connect_timeout": 10,
    "application_name": "cadence",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # a server that vanished is noticed before the lease is over, not after 15 minutes
}
_ENCODING = {"client_encoding": "utf8"}  # whatever PGCLIENTENCODING or the url say: texts are of any language
_SESSION = (
    # A few rows of many are found by their index: the default, made for spinning disks, has whole tables read instead.
    "SET random_page_cost = 1.1",
    "SET lock_timeout = '20s'",
    # A shorter one of the role would end the wait for those that record a large plan.
    "SET statement_timeout = 0",
    # Who waited for the others sees what they wrote: a snapshot from before would have it written again.
    "SET default_transaction_isolation = 'read committed'",
    # A process that was stopped within a transaction must not hold up those that take over from it.
    "SET idle_in_transaction_session_timeout = '10s'",
    # `off` acknowledges commits that a crash of the server loses, and a lost intent is an activity sent twice.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)


class PostgresDatabase:
    """A PostgreSQL schema and what is special about it."""

    def __init__(self, location: PostgresSchema) -> None:
        self._location = location

    def __str__(self) -> str:
        return str(self._location)

    def is_missing(self) -> bool:
        """Return False: only the server can tell."""
        return False

    def writer(self) -> Engine:
        """Return an engine of which a transaction begun `alone` waits for the others that are."""
        engine = self._engine()
        key = _lock_key(self._location.schema)

        @event.listens_for(engine, "begin")
        def prepare(connection: Connection) -> None:
            options = connection.get_execution_options()
            if options.get("alone", False):
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
            elif options.get("reading", False):
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        return engine

    def reader(self) -> Engine:
        """Return an engine that cannot write."""
        engine = self._engine()

        @event.listens_for(engine, "begin")
        def read_only(connection: Connection) -> None:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        return engine

    def check(self, engine: Engine) -> None:
        """Do nothing: the server checks its pages as it reads them."""

    def is_empty(self, connection: Connection) -> bool:
        """Return whether the schema is not there or has no tables."""
        return not inspect(connection).get_table_names(schema=self._location.schema)

    def is_ours(self, connection: Connection) -> bool:
        """Return whether the schema has the table that names a ledger's version."""
        return inspect(connection).has_table(VERSION_TABLE, schema=self._location.schema)

    def settle_in(self, engine: Engine) -> None:
        """Do nothing: what a session needs is set when it begins."""

    def make_room(self, connection: Connection) -> None:
        """Make the schema. An existing one is left alone: IF NOT EXISTS would ask for the right to make it."""
        name = self._location.schema
        if name not in inspect(connection).get_schema_names():
            connection.exec_driver_sql(f"CREATE SCHEMA {_quoted(name)}")

    def clock(self, connection: Connection) -> datetime | None:
        """Return what the server's clock shows."""
        seconds = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::bigint").scalar_one()
        return datetime.fromtimestamp(seconds, UTC)

    def ticks(self, connection: Connection, _monotonic: float) -> Ticks:
        """Return what the server's clock shows."""
        now = connection.exec_driver_sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return Ticks(int(now.scalar_one()), "server", by_server=True)

    def is_busy(self, error: BaseException | None) -> bool:
        """Return whether a lock could not be had in time."""
        return sqlstate(error) == _LOCK_NOT_AVAILABLE

    def explain(self, error: BaseException | None) -> LedgerError:
        """Return what PostgreSQL, or the way to it, complains of."""
        return explained_fault(self, error)

    def _engine(self) -> Engine:
        try:
            url = make_url(self._location.url)
            defaults = {name: value for name, value in _CONNECTION.items() if name not in url.query}
            engine = create_engine(url, connect_args=defaults | _ENCODING)
        except ModuleNotFoundError as error:
            raise LedgerError(
                "a ledger on PostgreSQL needs the package psycopg", hint="pip install 'cadence-engine[postgres]'"
            ) from error
        except (ArgumentError, ValueError):
            raise LedgerError(
                f"ledger '{self}' cannot be opened: its url cannot be read",
                hint="write postgresql://user@host:5432/database",
            ) from None
        _prepare_sessions(engine, self, self._location.schema)
        _notice_the_gone(engine)
        return engine


def _prepare_sessions(engine: Engine, database: PostgresDatabase, schema: str) -> None:
    settings = "; ".join((*_SESSION, f"SET search_path = {_quoted(schema)}"))

    @event.listens_for(engine, "connect", insert=True)
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        _check_server(database, connection.info)
        connection.execute(settings)
        connection.commit()


def _check_server(database: PostgresDatabase, server: Any) -> None:
    if server.server_version < _OLDEST:
        raise LedgerError(
            f"ledger '{database}' is on a PostgreSQL of version {server.server_version // 10_000}, "
            f"expected {_OLDEST // 10_000} or newer",
            hint="upgrade the server, or name another one",
        )
    encoding = server.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LedgerError(
            f"ledger '{database}' is in a database of encoding {encoding}, expected UTF8",
            hint="make one with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in the url",
        )


def _notice_the_gone(engine: Engine) -> None:
    """Have a connection that lay idle replaced, unseen, where the server closed it meanwhile.

    One in constant use is not asked first: that would cost a round trip for each commit.
    """

    @event.listens_for(engine, "checkin")
    def remember(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_it(connection: Any, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        if time.monotonic() - entry.info.get("idle_since", time.monotonic()) < _IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _lock_key(schema: str) -> int:
    """Return the number of the lock that stands for the ledger in *schema*."""
    return int.from_bytes(hashlib.sha256(f"cadence ledger {schema}".encode()).digest()[:8], "big", signed=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
